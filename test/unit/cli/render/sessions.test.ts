import { Chalk } from 'chalk';
import { describe, expect, test } from 'vitest';
import { historyLines, sessionDetail, sessionFacts, sessionLines } from '../../../../cli/render/sessions.ts';
import type { SessionView } from '../../../../core/billing/views.ts';

const BERLIN = 'Europe/Berlin';
const plain = new Chalk({ level: 0 });
const wide = { timeZone: BERLIN, colour: plain, room: Infinity };
const terminal = { ...wide, room: 80 };
const FAILED = 'the payment of 20 Nov over $60 failed (insufficient funds), Stripe tries again on 23 Nov';
const CAME = 'the payment of 20 Nov over $60 failed, and came on 24 Nov';

function viewed(fields: Partial<SessionView> = {}): SessionView {
  return {
    id: 'ses_abcdefghjk',
    customer: 'cus_6JbyxtFR2b7o9U',
    email: 'ada.lovelace@example.com',
    startsAt: '2026-11-27T14:00:00.000Z',
    state: 'booked',
    reason: 'booked',
    payable: false,
    ...fields,
  };
}

const PAYABLE = viewed({ id: 'ses_paidpaidpa', state: 'cancelled', reason: CAME, payable: true });
const MIXED = [
  viewed({ id: 'ses_donedonedo', startsAt: '2026-10-25T00:30:00.000Z', state: 'done' }),
  viewed(),
  viewed({ email: null, state: 'cancelled', reason: FAILED }),
  PAYABLE,
  viewed({ startsAt: '2026-11-30T08:30:00.000Z', reason: 'restored by the owner' }),
];

describe('a list of sessions', () => {
  test('tells when in the owner’s time zone, who, the state and why', () => {
    expect(sessionLines(MIXED, wide)).toEqual([
      'START (Europe/Berlin)   WHO                       STATE      ID              WHY',
      '2026-10-25 02:30+02:00  ada.lovelace@example.com  done       ses_donedonedo',
      '2026-11-27 15:00        ada.lovelace@example.com  booked     ses_abcdefghjk',
      `2026-11-27 15:00        cus_6JbyxtFR2b7o9U        cancelled  ses_abcdefghjk  ${FAILED}`,
      '2026-11-27 15:00        ada.lovelace@example.com  cancelled  ses_paidpaidpa  paid since: devchat sessions restore ses_paidpaidpa',
      '2026-11-30 09:30        ada.lovelace@example.com  booked     ses_abcdefghjk  restored by the owner',
    ]);
  });

  test('at 80 columns the reason stands below, and a command to copy is whole', () => {
    expect(sessionLines(MIXED.slice(1, 4), terminal)).toEqual([
      'START (Europe/Berlin)  WHO                       STATE      ID',
      '    WHY',
      '2026-11-27 15:00       ada.lovelace@example.com  booked     ses_abcdefghjk',
      '2026-11-27 15:00       cus_6JbyxtFR2b7o9U        cancelled  ses_abcdefghjk',
      '    the payment of 20 Nov over $60 failed (insufficient funds), Stripe tries',
      '    again on 23 Nov',
      '2026-11-27 15:00       ada.lovelace@example.com  cancelled  ses_paidpaidpa',
      '    paid since: devchat sessions restore ses_paidpaidpa',
    ]);
  });

  test('a long name of a time zone sends the id below, too', () => {
    expect(sessionLines([viewed(), PAYABLE], { ...terminal, timeZone: 'America/Argentina/Buenos_Aires' })).toEqual([
      'START (America/Argentina/Buenos_Aires)  WHO                       STATE',
      '    ID  WHY',
      '2026-11-27 11:00                        ada.lovelace@example.com  booked',
      '    ses_abcdefghjk',
      '2026-11-27 11:00                        ada.lovelace@example.com  cancelled',
      '    ses_paidpaidpa  paid since: devchat sessions restore ses_paidpaidpa',
    ]);
  });

  test('nothing but a longer word is wider than the terminal', () => {
    const email = `${'a'.repeat(60)}@example.com`;
    expect(sessionLines([viewed({ email })], terminal)).toEqual(['START (Europe/Berlin)', '    WHO  STATE  ID  WHY', '2026-11-27 15:00', `    ${email}`, '    booked  ses_abcdefghjk']);
  });

  const colour = new Chalk({ level: 1 });
  const [done = viewed(), ahead = viewed(), cancelled = viewed()] = MIXED;
  test.each([
    [done, colour.dim('done')],
    [ahead, colour.green('booked')],
    [cancelled, colour.red('cancelled')],
    [PAYABLE, colour.yellow('cancelled')],
  ])('states are told apart by colour: %#', (session, state) => {
    expect(sessionLines([session], { ...wide, colour })[1]).toContain(state);
  });
});

describe('one session', () => {
  test.each([
    [viewed(), ['session   ses_abcdefghjk', 'customer  cus_6JbyxtFR2b7o9U (ada.lovelace@example.com)', 'start     2026-11-27 15:00 (Europe/Berlin)', 'state     booked']],
    [
      viewed({ email: null, state: 'cancelled', reason: FAILED }),
      [
        'session   ses_abcdefghjk',
        'customer  cus_6JbyxtFR2b7o9U',
        'start     2026-11-27 15:00 (Europe/Berlin)',
        'state     cancelled: the payment of 20 Nov over $60 failed (insufficient funds),',
        '          Stripe tries again on 23 Nov',
      ],
    ],
  ])('is a fact a line: %#', (session, lines) => {
    expect(sessionDetail(session, terminal)).toEqual(lines);
  });

  test('has a history', () => {
    const changes = [
      { at: Date.UTC(2026, 10, 20, 9, 0, 59), state: 'booked', reason: 'booked' },
      { at: Date.UTC(2026, 10, 21, 9), state: 'cancelled', reason: 'Ada is on holiday' },
    ] as const;
    expect(historyLines(changes, terminal)).toEqual(['WHEN (Europe/Berlin)  STATE      WHY', '2026-11-20 10:00      booked', '2026-11-21 10:00      cancelled  Ada is on holiday']);
  });
});

describe('among the facts of a customer', () => {
  test('stand the next booked session, and what waits for being restored', () => {
    const later = viewed({ id: 'ses_laterlater', startsAt: '2026-12-27T14:00:00.000Z' });
    expect(sessionFacts([PAYABLE, viewed({ state: 'cancelled', reason: FAILED }), viewed(), later], wide)).toEqual([
      ['session', 'cancelled, 2026-11-27 15:00 (Europe/Berlin), ses_paidpaidpa, paid since'],
      ['session', 'booked, 2026-11-27 15:00 (Europe/Berlin), ses_abcdefghjk'],
    ]);
  });

  test('nothing where none is to come', () => {
    expect(sessionFacts([], wide)).toEqual([]);
  });
});
