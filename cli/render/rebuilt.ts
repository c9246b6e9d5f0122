/** What a rebuild found, as JSON and as lines. */
import type { Rebuilt, RebuiltDifference } from '../../core/cache/cache.ts';
import type { Palette } from './diff.ts';
import { hanging } from './lines.ts';

const SIGN = { add: { sign: '+', tone: 'added' }, change: { sign: '~', tone: 'changed' }, remove: { sign: '-', tone: 'removed' } } as const;
const NAMES = { subscription: 'subscription', invoice: 'invoice', card: 'card', payer: 'payer' } as const satisfies Record<RebuiltDifference['kind'], string>;
const WAS = { add: 'was not cached', change: '', remove: 'is in no event and no answer' } as const;
const LONGEST_VALUE = 60;
const FIELDS = 8;

interface Layout {
  palette: Palette;
  room: number;
  seconds: number;
}

/** A rebuild as `--json` tells it. */
export function rebuiltJson({ applied, events, objects, differing, differences, questions }: Rebuilt) {
  const { subscription: subscriptions, invoice: invoices, card: cards, payer: payers } = objects;
  return { schemaVersion: 1, applied, events, objects: { subscriptions, invoices, cards, payers }, differing, differences, questions };
}

/** The differences, what was looked at, and what came of it. */
export function rebuiltLines(rebuilt: Rebuilt, { palette, room, seconds }: Layout): string[] {
  const { events, objects, differing, differences, questions, applied } = rebuilt;
  const more = differing - differences.length;
  const counts = Object.entries(NAMES).map(([kind, name]) => counted(objects[kind as keyof typeof NAMES], name));
  const sentences = [
    `${counts.slice(0, -1).join(', ')} and ${counts.at(-1)} made again from ${counted(events, 'event')} in ${seconds.toFixed(1)} s`,
    verdict(differing, applied),
    ...(questions.length > 0 ? [`the journal cannot decide ${counted(questions.length, 'subscription')}: ${applied ? 'the daemon asks' : 'a rebuild would have the daemon ask'} Stripe`] : []),
  ];
  return [
    ...differences.flatMap((difference) => linesOf(difference, palette, room)),
    ...(more > 0 ? [palette.dim(`and ${counted(more, 'other')}; --json tells all of them`)] : []),
    ...(differing > 0 ? [''] : []),
    ...sentences.flatMap((sentence) => hanging('', [sentence], room)),
  ];
}

function verdict(differing: number, applied: boolean): string {
  if (differing === 0) return 'the cached state is the same';
  const were = differing === 1 ? 'is' : 'are';
  return applied ? `${counted(differing, 'difference')}, mended` : `${counted(differing, 'difference')} ${were} left as before: it was a dry run`;
}

function linesOf({ kind, id, action, fields }: RebuiltDifference, palette: Palette, room: number): string[] {
  const { sign, tone } = SIGN[action];
  const head = `${palette[tone](sign)} ${palette.bold(`${NAMES[kind]} ${id}`)}${WAS[action] ? ` ${palette.dim(WAS[action])}` : ''}`;
  const shown = fields.slice(0, FIELDS).flatMap(({ path, before, after }) => hanging(`    ${path}  `, [`${short(before)} → ${short(after)}`], room));
  return [head, ...shown, ...(fields.length > FIELDS ? [palette.dim(`    and ${counted(fields.length - FIELDS, 'other field')}`)] : [])];
}

function short(value: unknown): string {
  const text = value === null ? '(none)' : JSON.stringify(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE - 1)}…` : text;
}

function counted(many: number, name: string): string {
  return `${many.toLocaleString('en-US')} ${name}${many === 1 ? '' : 's'}`;
}
