/** Sessions from the command line: booking, cancelling and restoring them, and what is refused. */
import { describe, expect } from 'vitest';
import type { Session } from '../../../core/sessions/session.ts';
import type { Finished } from '../../support/processes.ts';
import { CUSTOMER, DAY, event, HOUR, invoice, START, subscription } from '../../support/stripe-objects.ts';
import { standInForStripe, test as inHome, type Home } from './house.ts';

const ADA = 'ada@example.com';
const GRACE = 'grace@example.com';
const ANY_ID = /ses_\w{10}/g;
const WHOEVER = 'devchat subscriptions list shows who has a subscription';

interface Office {
  /** Runs `devchat sessions <words>` where it is `office.now`. */
  sessions(...words: string[]): Promise<Finished>;
  run(...words: string[]): Promise<Finished>;
  /** The same with --json: what it prints, parsed. */
  json(...words: string[]): Promise<unknown>;
  home: Home;
  /** Stripe's seconds; it begins as Thursday 15 January 2026, 13:00 in Berlin. */
  now: number;
}

/** Ada and Grace have subscribed until 14 February, 13:00; Stripe is a clock and nothing else. */
const test = inHome.extend<{ office: Office }>({
  office: async ({ home }, use) => {
    const clock = await standInForStripe((_, response) => response.end(JSON.stringify({ offsetSeconds: office.now - Date.now() / 1000 })));
    const run = (...words: string[]) => home.run(words, { STRIPE_API_BASE: clock.url, DEVCHAT_TIME_ZONE: 'Europe/Berlin' });
    const sessions = (...words: string[]) => run('sessions', ...words);
    const json = async (...words: string[]) => JSON.parse((await sessions(...words, '--json')).stdout) as unknown;
    const office: Office = { sessions, run, json, home, now: START };
    await subscribe(home, 1, ADA);
    await subscribe(home, 2, GRACE);
    await use(office);
    expect(clock.requests.filter((request) => request !== 'GET /_sandbox')).toEqual([]);
    await clock.close();
  },
});

async function signUp(home: Home, number: number, email: string): Promise<void> {
  await home.withCache(async (cache) => {
    const user = await cache.createUser({ id: `user_${number}`, email, passwordHash: null, createdAt: START * 1000 });
    await cache.linkCustomer(user, `cus_${number}`);
  });
}

async function subscribe(home: Home, number: number, email: string, fields: Parameters<typeof subscription>[0] = {}): Promise<void> {
  await signUp(home, number, email);
  await tell(home, 'customer.subscription.created', subscription({ id: `sub_${number}`, customer: `cus_${number}`, ...fields }));
}

async function tell(home: Home, type: string, object: object): Promise<void> {
  const told = event(type, object);
  await home.withCache((cache) => cache.recordEvent({ event: told, payload: JSON.stringify(told), source: 'webhook', receivedAt: START * 1000 }));
}

/** Books in the house's cache without a process. */
async function booked(office: Office, number: number, startsAt: number): Promise<string> {
  const { id } = await office.home.withCache((cache) => cache.bookSession({ customer: `cus_${number}`, startsAt }, office.now * 1000));
  return id;
}

function kept({ home }: Office): Promise<Session[]> {
  return home.withCache((cache) => cache.sessions());
}

function withoutIds({ stdout, stderr, ...finished }: Finished): Finished {
  return { ...finished, stdout: stdout.replaceAll(ANY_ID, 'ses_x'), stderr: stderr.replaceAll(ANY_ID, 'ses_x') };
}

describe('book', () => {
  test('shows what was booked in the owner’s time zone', async ({ office }) => {
    expect(withoutIds(await office.sessions('book', ADA, '2026-01-27T15:00'))).toEqual({
      code: 0,
      stdout: `session   ses_x\ncustomer  ${CUSTOMER} (${ADA})\nstart     2026-01-27 15:00 (Europe/Berlin)\nstate     booked\n`,
      stderr: 'Next: devchat sessions cancel ses_x takes it back.\n',
    });
    expect(await office.json('list')).toEqual({
      schemaVersion: 1,
      sessions: [{ id: expect.stringMatching(ANY_ID) as string, customer: CUSTOMER, email: ADA, startsAt: '2026-01-27T14:00:00.000Z', state: 'booked', reason: 'booked', payable: false }],
    });
  });

  test.for<[string, string[], string]>([
    ['an e-mail address in any case, with spaces', [` ADA@Example.com `, '2026-01-27T15:00'], '2026-01-27T14:00:00.000Z'],
    ['a customer', [CUSTOMER, '2026-01-27T15:00'], '2026-01-27T14:00:00.000Z'],
    ['date and time as two words', [ADA, '2026-01-27', '15:00'], '2026-01-27T14:00:00.000Z'],
    ['an offset', [ADA, '2026-01-27T15:00+05:30'], '2026-01-27T09:30:00.000Z'],
    ['what JSON says', [ADA, '2026-01-27T14:00:00.000Z'], '2026-01-27T14:00:00.000Z'],
  ])('understands %s', async ([_, words, startsAt], { office }) => {
    expect(await office.json('book', ...words)).toMatchObject({ schemaVersion: 1, session: { customer: CUSTOMER, email: ADA, startsAt, state: 'booked' } });
  });

  test('two processes at once for the same time: one has it, the other is told who', async ({ office }) => {
    const both = await Promise.all([office.sessions('book', ADA, '2026-01-27T15:00'), office.sessions('book', GRACE, '2026-01-27T15:30')]);
    expect(both.map(({ code }) => code).toSorted()).toEqual([0, 1]);
    expect(both.find(({ code }) => code === 1)?.stderr).toMatch(/^error (ada|grace)@example.com has the session of Tue 27 Jan, 15:\d0 \(ses_\w+\)\n/);
    expect(await kept(office)).toHaveLength(1);
  });

  test.for<[string, string, string, number, string]>([
    ['nobody', 'nobody@example.com', '2026-01-27T15:00', 1, `error nobody has signed up as nobody@example.com\n      ${WHOEVER}\n`],
    ['no customer', 'cus_nobody', '2026-01-27T15:00', 1, `error nobody has signed up as cus_nobody\n      ${WHOEVER}\n`],
    ['signed up, and no more', 'never@example.com', '2026-01-27T15:00', 1, 'error never@example.com has signed up, but never subscribed\n      they subscribe on their dashboard\n'],
    ['the verdict is off', 'gone@example.com', '2026-01-27T15:00', 1, 'error the next session is off: ended on 14 Jan 2026\n'],
    ['the verdict is hold', 'late@example.com', '2026-01-27T15:00', 1, 'error the next session is on hold: a payment is missing\n'],
    ['another one has that time', GRACE, '2026-01-20T15:59:59', 1, `error ${ADA} has the session of Tue 20 Jan, 15:00 (ses_x)\n`],
    ['a second one in the period', ADA, '2026-02-14T12:59', 1, ' a session in that billing period already, on Tue 20 Jan, 15:00 (ses_x)\n'],
    ['the past', GRACE, '2026-01-15T12:59', 2, ', 12:59 has passed\n'],
    ['clocks go forward', GRACE, '2026-03-29T02:30', 2, 'error 2026-03-29 02:30 does not exist in Europe/Berlin: clocks go from 02:00 to 03:00\n'],
    ['clocks go back', GRACE, '2026-10-25 02:30', 2, 'error 2026-10-25 02:30 happens twice in Europe/Berlin, where clocks go back\n      say 2026-10-25T02:30+02:00 or 2026-10-25T02:30+01:00\n'],
    ['a day alone', GRACE, '2026-01-27', 2, 'error 2026-01-27 is a day without a time\n      say 2026-01-27T15:00\n'],
    ['no time', GRACE, 'next friday', 2, 'error "next friday" is not a date and time\n'],
  ])('refused, and nothing is written: %s', async ([_, email, when, code, words], { office }) => {
    await signUp(office.home, 3, 'never@example.com');
    await subscribe(office.home, 4, 'gone@example.com', { status: 'canceled', ended_at: START - DAY });
    await subscribe(office.home, 5, 'late@example.com', { status: 'past_due' });
    await booked(office, 1, START + 5 * DAY + 2 * HOUR);
    const before = await kept(office);
    const refused = withoutIds(await office.sessions('book', email, when));
    expect(refused).toEqual({ code, stdout: '', stderr: expect.stringContaining(words) as string });
    expect(await kept(office)).toEqual(before);
  });

  test('refused to a program: one object on standard error', async ({ office }) => {
    const { code, stdout, stderr } = await office.sessions('book', 'nobody@example.com', '2026-01-27T15:00', '--json');
    expect({ code, stdout, error: JSON.parse(stderr) as unknown }).toEqual({ code: 1, stdout: '', error: { error: { code: 'not_found', message: 'nobody has signed up as nobody@example.com', hint: WHOEVER } } });
  });
});

describe('cancel, restore and show', () => {
  test('a session goes, comes back, and keeps its history', async ({ office }) => {
    const id = await booked(office, 1, START + 12 * DAY);
    office.now = START + HOUR;
    const head = `session   ${id}\ncustomer  ${CUSTOMER} (${ADA})\nstart     2026-01-27 13:00 (Europe/Berlin)\n`;
    expect(await office.sessions('cancel', id, '--reason', ' Ada is\non holiday ')).toEqual({
      code: 0,
      stdout: `${head}state     cancelled: Ada is on holiday\n`,
      stderr: `Next: devchat sessions restore ${id} books it again.\n`,
    });
    office.now = START + 2 * HOUR;
    expect(await office.sessions('restore', id)).toEqual({ code: 0, stdout: `${head}state     booked: restored by the owner\n`, stderr: '' });
    const history = 'WHEN (Europe/Berlin)  STATE      WHY\n2026-01-15 13:00      booked\n2026-01-15 14:00      cancelled  Ada is on holiday\n2026-01-15 15:00      booked     restored by the owner\n';
    expect(await office.sessions('show', id)).toEqual({ code: 0, stdout: `${head}state     booked: restored by the owner\n\n${history}`, stderr: '' });
  });

  test('the same for programs', async ({ office }) => {
    const id = await booked(office, 1, START + 12 * DAY);
    const session = { id, customer: CUSTOMER, email: ADA, startsAt: '2026-01-27T12:00:00.000Z', payable: false };
    const cancelled = { state: 'cancelled', reason: 'cancelled by the owner' };
    const restored = { state: 'booked', reason: 'restored by the owner' };
    expect(await office.json('cancel', id)).toEqual({ schemaVersion: 1, session: { ...session, ...cancelled } });
    expect(await office.json('restore', id)).toEqual({ schemaVersion: 1, session: { ...session, ...restored } });
    const at = expect.stringMatching(/^2026-01-15T12:00:/) as string;
    expect(await office.json('show', id)).toEqual({
      schemaVersion: 1,
      session: { ...session, ...restored, history: [{ at, state: 'booked', reason: 'booked' }, { at, ...cancelled }, { at, ...restored }] },
    });
  });

  test('restore is refused as a new one would be', async ({ office }) => {
    const id = await booked(office, 1, START + 12 * DAY);
    await office.sessions('cancel', id);
    const other = await booked(office, 2, START + 12 * DAY);
    expect(await office.sessions('restore', id)).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining(`error ${GRACE} has the session of Tue 27 Jan, 13:00 (${other})\n`) as string });
    expect(await office.json('show', id)).toMatchObject({ session: { state: 'cancelled' } });
  });

  test('what has begun, is cancelled or is booked stays as it is', async ({ office }) => {
    const id = await booked(office, 1, START + 12 * DAY);
    expect(await office.sessions('restore', id)).toMatchObject({ code: 1, stderr: expect.stringContaining(`error ${id} is not cancelled: it is booked for Tue 27 Jan 2026, 13:00\n      devchat sessions cancel ${id} cancels it\n`) as string });
    office.now = START + 12 * DAY;
    expect(await office.sessions('cancel', id)).toMatchObject({ code: 1, stderr: expect.stringContaining(`error ${id} has begun already, on Tue 27 Jan 2026, 13:00\n      devchat sessions list shows those that are to come\n`) as string });
    office.now = START;
    await office.sessions('cancel', id);
    expect(await office.sessions('cancel', id)).toMatchObject({ code: 1, stderr: expect.stringContaining(`error ${id} is cancelled already: cancelled by the owner\n      devchat sessions restore ${id} books it again\n`) as string });
    expect(await office.json('show', id)).toMatchObject({ session: { history: [{ state: 'booked' }, { state: 'cancelled' }] } });
  });

  test.for(['show', 'cancel', 'restore'])('%s of one that is not there', async (command, { office }) => {
    expect(await office.sessions(command, 'ses_nope')).toEqual({ code: 1, stdout: '', stderr: 'error no session ses_nope is cached\n      devchat sessions list --all shows every one\n' });
  });

  test('a reason is words', async ({ office }) => {
    expect(await office.sessions('cancel', 'ses_nope', '--reason', ' ')).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('It is empty') as string });
  });
});

describe('list', () => {
  test('of nothing says how to book', async ({ office }) => {
    expect(await office.sessions('list')).toEqual({ code: 0, stdout: '', stderr: 'No session is booked yet: devchat sessions book <email> <when> books one.\n' });
    expect(await office.json('list')).toEqual({ schemaVersion: 1, sessions: [] });
  });

  test('has those that are not over by their start; --all and --json have every one', async ({ office }) => {
    await booked(office, 2, START + 2 * DAY);
    await booked(office, 1, START + DAY);
    const head = 'START (Europe/Berlin)  WHO                STATE   ID     WHY\n';
    const ada = (state: string) => `2026-01-16 13:00       ada@example.com    ${state}ses_x\n`;
    const grace = '2026-01-17 13:00       grace@example.com  booked  ses_x\n';
    const lines = async (...words: string[]) => squeezed(withoutIds(await office.sessions('list', ...words)));
    office.now = START + DAY + HOUR - 1;
    expect(await lines()).toEqual(squeezed({ code: 0, stdout: `${head}${ada('booked  ')}${grace}`, stderr: '' }));
    office.now = START + DAY + HOUR;
    expect(await lines()).toEqual(squeezed({ code: 0, stdout: `${head}${grace}`, stderr: '1 is over: devchat sessions list --all shows it, too.\n' }));
    expect(await lines('--all')).toEqual(squeezed({ code: 0, stdout: `${head}${ada('done    ')}${grace}`, stderr: '' }));
    expect(await office.json('list')).toMatchObject({ sessions: [{ email: ADA, state: 'done', reason: 'booked' }, { email: GRACE, state: 'booked' }] });
    office.now = START + 3 * DAY;
    expect(await lines()).toEqual({ code: 0, stdout: '', stderr: 'No session is to come: devchat sessions book <email> <when> books one.\n2 are over: devchat sessions list --all shows them, too.\n' });
  });

  test('tells what has been paid since from what has not, as subscriptions show does', async ({ office }) => {
    const id = await booked(office, 1, START + 12 * DAY);
    const listed = async () => (await office.sessions('list')).stdout.split('\n')[1];
    const fact = async () => /^session .*$/m.exec((await office.run('subscriptions', 'show', ADA)).stdout)?.[0];
    expect(await fact()).toMatch(new RegExp(`^session +booked, 2026-01-27 13:00 \\(Europe/Berlin\\), ${id}$`));
    await tell(office.home, 'invoice.payment_failed', invoice({ customer: CUSTOMER }));
    expect(await listed()).toBe(`2026-01-27 13:00       ${ADA}  cancelled  ${id}  the payment of 15 Jan over $60 failed`);
    expect(await fact()).toBeUndefined();
    await tell(office.home, 'invoice.paid', invoice({ status: 'paid' }));
    expect(await listed()).toBe(`2026-01-27 13:00       ${ADA}  cancelled  ${id}  paid since: devchat sessions restore ${id}`);
    const shown = await office.run('subscriptions', 'show', ADA);
    expect(shown.stdout).toMatch(new RegExp(`^session +cancelled, 2026-01-27 13:00 \\(Europe/Berlin\\), ${id}, paid since$`, 'm'));
    expect(shown.stderr).toBe(`Next: devchat sessions restore ${id} books it again.\n`);
    expect((await office.sessions('show', id)).stderr).toBe(`Next: devchat sessions restore ${id} books it again.\n`);
    expect(await office.json('restore', id)).toMatchObject({ session: { state: 'booked', payable: false } });
  });
});

/** Without the width of columns. */
function squeezed({ stdout, ...finished }: Finished): Finished {
  return { ...finished, stdout: stdout.replaceAll(/ {2,}/g, '  ') };
}
