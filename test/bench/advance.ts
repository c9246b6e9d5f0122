/** How long the sandbox takes over the events of many subscriptions when its time is moved. */
import { OURS, start, type RunningEmulator } from './emulators.ts';
import { openLoad, type Load } from './load.ts';
import { markdownTable } from './table.ts';

const DAY_SECONDS = 24 * 3600;
const JOURNEYS = [
  { subscriptions: 100, days: 365 },
  { subscriptions: 3000, days: 31 },
] as const;

/** One row a journey: what a year of few and a month of many cost, with every subscription paid. */
export async function advanceTable(): Promise<string> {
  const rows: string[][] = [];
  for (const journey of JOURNEYS) rows.push(await travel(journey));
  return markdownTable(['subscriptions', 'days', 'events', 'seconds', 'events a second'], rows);
}

async function travel({ subscriptions, days }: (typeof JOURNEYS)[number]): Promise<string[]> {
  const running = await start(OURS);
  const load = openLoad(running.url);
  await subscribe(load, subscriptions);
  const before = await eventsOf(running);
  const began = performance.now();
  await control(running, '/advance', { seconds: days * DAY_SECONDS });
  const seconds = (performance.now() - began) / 1000;
  const events = (await eventsOf(running)) - before;
  load.close();
  await running.stop();
  return [String(subscriptions), String(days), String(events), seconds.toFixed(1), (events / seconds).toFixed(0)];
}

async function subscribe(load: Load, count: number): Promise<void> {
  const priceBody = 'currency=usd&unit_amount=6000&recurring[interval]=month&product_data[name]=Pair+Coding';
  const [price] = await create(load, 1, '/v1/prices', () => priceBody);
  const card = 'payment_method=pm_card_visa&invoice_settings[default_payment_method]=pm_card_visa';
  const customers = await create(load, count, '/v1/customers', () => card);
  await create(load, count, '/v1/subscriptions', (n) => `customer=${customers[n]}&items[0][price]=${price}`);
}

async function create(load: Load, count: number, path: string, body: (n: number) => string): Promise<string[]> {
  const { bodies } = await load.send(count, (n) => ({ method: 'POST', path, body: body(n) }));
  return bodies.map((text) => (JSON.parse(text) as { id: string }).id);
}

async function eventsOf(running: RunningEmulator): Promise<number> {
  return ((await control(running, '')) as { events: number }).events;
}

async function control({ url }: RunningEmulator, path: string, body?: object): Promise<unknown> {
  const post = body && { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
  const answer = await fetch(`${url}/_sandbox${path}`, post);
  if (!answer.ok) throw new Error(`/_sandbox${path} answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
}
