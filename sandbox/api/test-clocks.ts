/** /v1/test_helpers/test_clocks */
import { createTestClock, deleteTestClock, startAdvancing, TEST_CLOCK, type TestClock } from '../billing/test-clocks.ts';
import { existing } from '../wire/existing.ts';
import { required, string, timestamp } from '../wire/params.ts';
import { listRoute, route, type Route } from '../wire/route.ts';

const PATH = '/v1/test_helpers/test_clocks';

const createSpec = { customer: string(), frozen_time: required(timestamp()), name: string({ max: 300 }) };

/** `wake` is told when a clock is to advance: the call itself answers before anything happens. */
export function testClockRoutes(wake: () => void): Route[] {
  return [
    route('POST', PATH, createSpec, (world, { params }) => createTestClock(world, params)),
    route('GET', `${PATH}/:id`, {}, (world, { path }) => existing<TestClock>(world, TEST_CLOCK, path.id)),
    route('POST', `${PATH}/:id/advance`, { frozen_time: required(timestamp()) }, (world, { path, params }) => {
      const clock = startAdvancing(world, path.id, params.frozen_time);
      wake();
      return clock;
    }),
    route('DELETE', `${PATH}/:id`, {}, (world, { path }) => {
      deleteTestClock(world, existing<TestClock>(world, TEST_CLOCK, path.id));
      return { id: path.id, object: TEST_CLOCK, deleted: true as const };
    }),
    listRoute(PATH, TEST_CLOCK, {}),
  ];
}
