/** R05: every order of the events of each short flow ends in what Stripe holds, with twins and answers at any moment. */
import { beforeAll, expect, test } from 'vitest';
import { liveFlows, SHORT_FLOWS, type Flow } from './order-flows.ts';
import { walk } from './order-walk.ts';
import { WRONG_RULES } from './order-wrong.ts';
import { tried } from './tried.ts';

let flows: Map<string, Flow>;

beforeAll(async () => {
  flows = new Map((await liveFlows(SHORT_FLOWS)).map((flow) => [flow.name, flow]));
});

test.for(Object.keys(SHORT_FLOWS))('%s', async (name, { annotate }) => {
  const { orders, meetings, wrong } = walk(flows.get(name)!);
  expect(wrong).toEqual([]);
  await annotate(`${orders} orders, ${meetings} meetings`);
  tried('R05', { permutations: orders, cases: meetings });
});

test.for(Object.entries(WRONG_RULES))('rules that are wrong are found out: %s', ([, rules]) => {
  const failing = ['fail', 'fail and recover', 'schedule the end, and end'].filter((name) => walk(flows.get(name)!, rules).wrong.length > 0);
  expect(failing).not.toEqual([]);
  tried('R05', { wrong: 1 });
});
