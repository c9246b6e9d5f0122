/** How fast the sandbox is with few objects and with many, beside the other emulators, in one run. */
import { spawnSync } from 'node:child_process';
import { advanceTable } from './advance.ts';
import { bringPeers, OURS, PEERS, start, type Emulator, type RunningEmulator } from './emulators.ts';
import { openLoad, type Call, type Load } from './load.ts';
import { markdownTable, median } from './table.ts';

const FEW = 100;
const MANY = 100_000;
const ROUNDS = 7;
const CALLS_PER_ROUND = 300;
const TURN_LIMIT_MS = 1000;
const WARM_UP_CALLS = 1500;
const STARTS = 5;
const FLAT_WITHIN = 1.5;
const MEBIBYTE = 1024 * 1024;

/** One emulator with so many customers in it. */
interface Filled {
  emulator: Emulator;
  customers: number;
  running: RunningEmulator;
  load: Load;
  ids: string[];
  memoryBytes: number;
}

const OPERATIONS: Record<string, (filled: Filled) => Call> = {
  create: () => newCustomer(),
  read: ({ ids }) => ({ method: 'GET', path: `/v1/customers/${anyOf(ids)}` }),
  'list, the newest 10': () => ({ method: 'GET', path: '/v1/customers?limit=10' }),
  'list, 10 from the middle': ({ ids }) => ({ method: 'GET', path: `/v1/customers?limit=10&starting_after=${anyOf(ids)}` }),
};

/** Fills each emulator with 100 and with 100,000 customers, and lets them take turns. Takes some minutes. */
export async function benchSandbox(): Promise<string> {
  bringPeers();
  const starts = await measureStarts();
  const filled: Filled[] = [];
  for (const emulator of [OURS, ...PEERS]) {
    for (const customers of [FEW, MANY]) filled.push(await fill(emulator, customers));
  }
  const rates = await measureRates(filled);
  for (const { load, running } of filled) {
    load.close();
    await running.stop();
  }
  const tables = { Start: startTable(starts), 'Requests a second': rateTable(rates), Memory: memoryTable(filled), Time: await advanceTable() };
  return Object.entries(tables).map(([title, table]) => `## ${title}\n\n${table}`).join('\n\n');
}

async function measureStarts(): Promise<Map<string, number>> {
  const times = new Map<string, number[]>();
  const note = (name: string, milliseconds: number) => times.set(name, [...(times.get(name) ?? []), milliseconds]);
  for (let round = 0; round < STARTS; round += 1) {
    note(NODE_ALONE, nodeAlone());
    for (const emulator of [OURS, ...PEERS]) {
      const running = await start(emulator);
      note(emulator.name, running.startMilliseconds);
      await running.stop();
    }
  }
  return new Map([...times].map(([name, all]) => [name, median(all)]));
}

const NODE_ALONE = 'Node alone (node -e 0)';

function nodeAlone(): number {
  const began = performance.now();
  spawnSync(process.execPath, ['-e', '0']);
  return performance.now() - began;
}

async function fill(emulator: Emulator, customers: number): Promise<Filled> {
  const running = await start(emulator);
  const load = openLoad(running.url);
  await load.send(WARM_UP_CALLS, () => newProduct());
  const { bodies } = await load.send(customers, newCustomer);
  const ids = bodies.map((body) => (JSON.parse(body) as { id: string }).id);
  return { emulator, customers, running, load, ids, memoryBytes: running.memory() };
}

function newProduct(): Call {
  return { method: 'POST', path: '/v1/products', body: 'name=Pair+Coding' };
}

function newCustomer(n = 0): Call {
  return { method: 'POST', path: '/v1/customers', body: `email=person-${n}%40example.com&name=Person+${n}&metadata[number]=${n}` };
}

function anyOf(ids: readonly string[]): string {
  return ids[Math.floor(Math.random() * ids.length)]!;
}

type Rates = Map<Filled, Map<string, number>>;

/** In every round each emulator does each operation once, so that a slow moment of the machine hits them all. */
async function measureRates(all: readonly Filled[]): Promise<Rates> {
  const rounds = new Map(all.map((filled) => [filled, new Map<string, number[]>(Object.keys(OPERATIONS).map((name) => [name, []]))]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, call] of Object.entries(OPERATIONS)) {
      for (const filled of all) {
        const { rate } = await filled.load.send(CALLS_PER_ROUND, () => call(filled), TURN_LIMIT_MS);
        rounds.get(filled)!.get(name)!.push(rate);
      }
    }
  }
  return new Map([...rounds].map(([filled, byName]) => [filled, new Map([...byName].map(([name, rates]) => [name, median(rates)]))]));
}

function startTable(starts: Map<string, number>): string {
  const node = starts.get(NODE_ALONE)!;
  const rows = [...starts].map(([name, time]) => [name, time.toFixed(0), (time - node).toFixed(0)]);
  return markdownTable(['until the first answer', 'ms', 'beyond Node'], rows);
}

function rateTable(rates: Rates): string {
  const rows = [OURS, ...PEERS].flatMap((emulator) => Object.keys(OPERATIONS).map((operation) => rateRow(rates, emulator, operation)));
  return markdownTable(['emulator', 'operation', `${FEW} customers`, `${MANY} customers`, 'ratio', `flat within ${FLAT_WITHIN}`, 'ours / theirs, many'], rows);
}

function rateRow(rates: Rates, emulator: Emulator, operation: string): string[] {
  const few = rateOf(rates, emulator, FEW, operation);
  const many = rateOf(rates, emulator, MANY, operation);
  const ours = rateOf(rates, OURS, MANY, operation);
  const flat = few / many <= FLAT_WITHIN ? 'yes' : 'no';
  return [emulator.name, operation, few.toFixed(0), many.toFixed(0), (few / many).toFixed(2), flat, (ours / many).toFixed(1)];
}

function rateOf(rates: Rates, emulator: Emulator, customers: number, operation: string): number {
  const found = [...rates].find(([filled]) => filled.emulator === emulator && filled.customers === customers);
  return found?.[1].get(operation) ?? NaN;
}

function memoryTable(all: readonly Filled[]): string {
  const rows = all.map(({ emulator, customers, memoryBytes }) => [emulator.name, String(customers), (memoryBytes / MEBIBYTE).toFixed(0)]);
  return markdownTable(['emulator', 'customers', 'MiB resident'], rows);
}
