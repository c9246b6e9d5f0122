/** How fast events become durable at the webhook, beside servers that store nothing or commit each event, in one run. */
import { startSandbox } from '../../sandbox/main.ts';
import { markdownTable, median, pairedRatio, percentile, type Ratio } from './table.ts';
import { openStory, renewalEvent, type Post, type Story } from './webhook-events.ts';
import { send } from './webhook-load.ts';
import { SERVERS, startServer, type RunningServer, type ServerName } from './webhook-servers.ts';
import { checkStored, fillCache } from './webhook-stored.ts';
import type Stripe from 'stripe';

/** A process can be a tenth faster than the same one started again, from its start to its end. */
const STARTS = 3;
const ROUNDS = 3;
const SIZE_ROUNDS = 5;
const LOADS = [
  { atOnce: 1, posts: 800 },
  { atOnce: 16, posts: 2000 },
  { atOnce: 64, posts: 3000 },
] as const;
const WARM_UP_POSTS = 4000;
const FEW = 1000;
const MANY = 1_000_000;
const GROUPED = 64;

/** What one server did in one round; a rate in events a second, times in milliseconds, processor time in microseconds an event. */
interface Round {
  rate: number;
  p50: number;
  p99: number;
  cpu: number;
}

type Rounds = Record<string, Round[]>;

interface Surroundings {
  stripe: string;
  template: Stripe.Event;
}

/** Takes some minutes; on a busy machine longer. */
export async function benchWebhook(): Promise<string> {
  const sandbox = await startSandbox({ port: 0, defaultPortal: false });
  const surroundings = { stripe: sandbox.url, template: await renewalEvent(sandbox) };
  const loads: Rounds[] = [];
  for (const load of LOADS) loads.push(await measureLoad(load, surroundings));
  const sizes = await measureSizes(surroundings);
  await sandbox.close();
  const tables = { 'Webhook, events a second': loadTable(loads), 'Cached subscriptions': sizeTable(sizes), Targets: targetTable(loads, sizes) };
  return Object.entries(tables).map(([title, table]) => `## ${title}\n\n${table}`).join('\n\n');
}

const AGAIN = ' again';

async function measureLoad(load: (typeof LOADS)[number], surroundings: Surroundings): Promise<Rounds> {
  const rounds: Rounds = {};
  for (let start = 0; start < STARTS; start += 1) await measureStarted(load, surroundings, rounds);
  return rounds;
}

/** Every server gets the same events in each round, and then, of those that the duplicates concern, some of them again. */
async function measureStarted({ atOnce, posts }: (typeof LOADS)[number], { stripe, template }: Surroundings, rounds: Rounds): Promise<void> {
  const names = Object.keys(SERVERS) as ServerName[];
  const servers: Record<string, RunningServer> = {};
  for (const name of names) servers[name] = await startServer(name, stripe);
  const story = openStory(`at_${atOnce}`, template, FEW);
  const sent = await warmUp(story, servers, atOnce);
  for (let round = 0; round < ROUNDS; round += 1) {
    const news = story.next(posts);
    const again = story.again(posts);
    sent.push(...news);
    for (const name of turned(names, round)) note(rounds, name, await measure(servers[name]!, news, atOnce));
    for (const name of turned(['express', 'devchat'], round)) note(rounds, name + AGAIN, await measure(servers[name]!, again, atOnce));
  }
  for (const server of Object.values(servers)) await server.kill();
  for (const name of ['commits', 'devchat']) checkStored(servers[name]!.file, sent);
  for (const server of Object.values(servers)) server.remove();
}

/** The same for devchat alone, with few and with many subscriptions. */
async function measureSizes({ stripe, template }: Surroundings): Promise<Rounds> {
  const servers: Record<string, RunningServer> = {};
  const stories: Record<string, Story> = {};
  const sent: Record<string, Post[]> = {};
  for (const size of [FEW, MANY]) {
    servers[size] = await startServer('devchat', stripe, (file) => fillCache(file, template, size));
    stories[size] = openStory(`of_${size}`, template, size);
    sent[size] = await warmUp(stories[size], { [size]: servers[size] }, GROUPED);
  }
  const rounds: Rounds = {};
  for (let round = 0; round < SIZE_ROUNDS; round += 1) {
    for (const size of turned([FEW, MANY], round)) {
      const news = stories[size]!.next(LOADS[2].posts);
      sent[size]!.push(...news);
      note(rounds, String(size), await measure(servers[size]!, news, GROUPED));
    }
  }
  for (const server of Object.values(servers)) await server.kill();
  for (const size of [FEW, MANY]) checkStored(servers[size]!.file, sent[size]!, template);
  for (const server of Object.values(servers)) server.remove();
  return rounds;
}

async function warmUp(story: Story, servers: Record<string, RunningServer>, atOnce: number): Promise<Post[]> {
  const posts = story.next(WARM_UP_POSTS);
  for (const { port } of Object.values(servers)) await send(port, posts, atOnce);
  return posts;
}

/** Each round begins with another, so that none always follows the same one. */
function turned<T>(all: readonly T[], round: number): T[] {
  return [...all.slice(round % all.length), ...all.slice(0, round % all.length)];
}

async function measure(server: RunningServer, posts: readonly Post[], atOnce: number): Promise<Round> {
  const before = server.cpuMicroseconds();
  const { seconds, milliseconds } = await send(server.port, posts, atOnce);
  const cpu = (server.cpuMicroseconds() - before) / posts.length;
  return { rate: posts.length / seconds, p50: percentile(milliseconds, 0.5), p99: percentile(milliseconds, 0.99), cpu };
}

function note(rounds: Rounds, name: string, round: Round): void {
  (rounds[name] ??= []).push(round);
}

function loadTable(loads: readonly Rounds[]): string {
  const rows = LOADS.flatMap(({ atOnce }, index) => Object.entries(loads[index]!).map(([name, rounds]) => [String(atOnce), titleOf(name), ...figures(rounds)]));
  return markdownTable(['at once', 'server', ...FIGURES], rows);
}

function sizeTable(sizes: Rounds): string {
  return markdownTable(['subscriptions', ...FIGURES], Object.entries(sizes).map(([size, rounds]) => [size, ...figures(rounds)]));
}

function titleOf(name: string): string {
  const title = SERVERS[name.replace(AGAIN, '') as ServerName];
  return name.endsWith(AGAIN) ? `${title}, all of it again` : title;
}

const FIGURES = ['events/s', 'p50 ms', 'p99 ms', 'CPU us an event'];

function figures(rounds: readonly Round[]): string[] {
  const middle = (of: keyof Round): number => median(rounds.map((round) => round[of]));
  return [middle('rate').toFixed(0), middle('p50').toFixed(2), middle('p99').toFixed(2), middle('cpu').toFixed(0)];
}

function ratioOf(rounds: Rounds, of: keyof Round, measured: string, reference: string): Ratio {
  return pairedRatio(rounds[measured]!.map((round) => round[of]), rounds[reference]!.map((round) => round[of]));
}

type Measure = (loads: readonly Rounds[], sizes: Rounds) => Ratio;

const TARGETS: ReadonlyArray<readonly [what: string, wanted: number, than: 'at least' | 'at most', measure: Measure]> = [
  ['rate against (3), alone', 0.5, 'at least', ([alone]) => ratioOf(alone!, 'rate', 'devchat', 'express')],
  ['rate against (3), 16 at once', 0.85, 'at least', ([, some]) => ratioOf(some!, 'rate', 'devchat', 'express')],
  ['rate against (3), 64 at once', 1.15, 'at least', ([, , many]) => ratioOf(many!, 'rate', 'devchat', 'express')],
  ['rate against (4), 64 at once', 4, 'at least', ([, , many]) => ratioOf(many!, 'rate', 'devchat', 'commits')],
  ['p99 against (3), 64 at once', 1, 'at most', ([, , many]) => ratioOf(many!, 'p99', 'devchat', 'express')],
  ['time of a duplicate against (3), 64 at once', 1, 'at most', ([, , many]) => ratioOf(many!, 'rate', 'express again', 'devchat again')],
  ['time an event, 1,000,000 subscriptions against 1,000', 1.3, 'at most', (_, sizes) => ratioOf(sizes, 'rate', String(FEW), String(MANY))],
];

function targetTable(loads: readonly Rounds[], sizes: Rounds): string {
  const rows = TARGETS.map(([what, wanted, than, measure]) => {
    const { median: measured, least, greatest } = measure(loads, sizes);
    const held = than === 'at least' ? measured >= wanted : measured <= wanted;
    return [what, `${measured.toFixed(2)} (${least.toFixed(2)} to ${greatest.toFixed(2)})`, `${than} ${wanted}`, held ? 'yes' : 'no'];
  });
  return markdownTable(['ratio', 'measured', 'wanted', 'held'], rows);
}
