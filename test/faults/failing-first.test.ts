/** R02 and R23: events that fail at their first delivery, and come again. */
import type Stripe from 'stripe';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDaemon } from '../support/daemon.ts';
import { openDeclinedCustomer, post, type DeclinedCustomer } from './declined-customer.ts';
import { beforeEachStatement } from './steps.ts';
import { tried } from './tried.ts';
import { through, type Wrong } from './wrong.ts';

let customer: DeclinedCustomer;

beforeAll(async () => {
  customer = await openDeclinedCustomer();
});

afterAll(() => customer.close());

interface Delivered {
  /** What the first delivery of each event was answered. */
  first: Array<number | null>;
  wrongs: string[];
  isHit: boolean;
}

/** The statement of this number throws, however often it is tried, until the delivery is answered; what was not answered by 200 is delivered once more. */
async function throwingAt(statement: number, wrong?: Wrong): Promise<Delivered> {
  const file = customer.file();
  const daemon = await openDaemon({ beside: { file }, stripeApiBase: customer.stripeApiBase, through: through(wrong, file.path) });
  let left = statement;
  let failing: string | undefined;
  const letGo = beforeEachStatement(file.path, (sql) => {
    left -= 1;
    if (left === 0) failing = sql;
    if (sql === failing) throw new Error('no further');
  });
  const first: Delivered['first'] = [];
  for (const event of customer.untold) {
    const status = await post(daemon.url, event);
    failing = undefined;
    if (status !== 200) expect(await post(daemon.url, event), `${event.type} comes again`).toBe(200);
    first.push(status);
  }
  letGo();
  const wrongs = await customer.wrongIn(daemon.cache, file.path);
  await daemon.close();
  await file.remove();
  return { first, wrongs, isHit: left <= 0 };
}

async function throwAtEach(wrong?: Wrong): Promise<{ cases: number; wrongs: string[]; refused: number }> {
  const found: Delivered[] = [];
  for (let statement = 1; ; statement += 1) {
    const delivered = await throwingAt(statement, wrong);
    if (!delivered.isHit) break;
    found.push(delivered);
    if (wrong && delivered.wrongs.length > 0) break;
  }
  const answers = found.flatMap(({ first }) => first);
  expect(answers.filter((status) => status !== 200 && status !== 500 && status !== 503)).toEqual([]);
  const wrongs = found.flatMap((each, index) => each.wrongs.map((what) => `thrown at statement ${index + 1}: ${what}`));
  return { cases: found.length, wrongs, refused: answers.filter((status) => status !== 200).length };
}

test('R02: whatever throws at the first delivery: 5xx, and the second one is applied as if it were the first', async () => {
  const { cases, wrongs, refused } = await throwAtEach();
  expect(wrongs).toEqual([]);
  expect(refused).toBeGreaterThan(20);
  tried('R02', { cases, events: cases * customer.untold.length + refused, lost: 0 });
});

test('R02: a daemon that marks an event as seen before it applies it is caught', async () => {
  const { cases, wrongs } = await throwAtEach('marks an event as seen before it applies it');
  expect(wrongs.join('\n')).toContain('lost: ');
  tried('R02', { cases, wrong: 1 });
});

/** Each event comes in a shape that cannot be read, and then again as it should be; several times, in any order. */
async function failThenResend(wrong?: Wrong): Promise<{ events: number; wrongs: string[] }> {
  const file = customer.file();
  const daemon = await openDaemon({ beside: { file }, stripeApiBase: customer.stripeApiBase, through: through(wrong, file.path) });
  let events = 0;
  for (const event of customer.untold) {
    for (const object of BROKEN(event)) {
      const broken = { ...event, data: { ...event.data, object } } as unknown as Stripe.Event;
      const status = await post(daemon.url, broken);
      if (!wrong) expect(status, `${event.type}: ${JSON.stringify(object).slice(0, 40)}`).toBe(500);
      events += 1;
    }
    expect(await post(daemon.url, event)).toBe(200);
    expect(await post(daemon.url, event), 'and it is known now').toBe(200);
    events += 2;
  }
  const wrongs = await customer.wrongIn(daemon.cache, file.path);
  await daemon.close();
  await file.remove();
  return { events, wrongs };
}

/** Objects that no event of its type can have. */
const BROKEN = ({ data: { object } }: Stripe.Event): object[] => [{ object: object.object }, { ...object, created: null }, {}];

test('R23: an event that failed is applied when it is sent again, however often it failed', async () => {
  const { events, wrongs } = await failThenResend();
  expect(wrongs).toEqual([]);
  tried('R23', { cases: customer.untold.length, events, lost: 0 });
});

test('R23: a daemon that takes a failed event for known is caught', async () => {
  const { events, wrongs } = await failThenResend('takes a failed event for known');
  expect(wrongs.join('\n')).toContain('lost: ');
  tried('R23', { wrong: 1, events });
});
