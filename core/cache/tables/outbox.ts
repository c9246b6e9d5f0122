/** Notices and their way to each target: written with what they tell of, sent afterwards. */
import { randomUUID } from 'node:crypto';
import type { Notice, NoticeDelivery, NoticeTarget, NoticeTargetState } from '../../notices/notice.ts';
import { change, row, rows, value, type Work } from '../statement.ts';

/** How long a notice that is not complete waits for Stripe to say why. */
const WAIT_MILLISECONDS = 5_000;
const LIMIT = 20;

const OF_NOTICE = `notice = (SELECT sequence FROM notices WHERE id = ?)`;
const UNTOLD = `NOT EXISTS (SELECT 1 FROM deliveries WHERE notice = notices.sequence AND (tries > 0 OR delivered_at IS NOT NULL))`;
const SQL = {
  add: value<number>(`INSERT INTO notices (id, type, subject, body) VALUES (:id, :type, :subject, :body) ON CONFLICT DO NOTHING RETURNING sequence`),
  say: change(`UPDATE notices SET body = :body WHERE type = :type AND subject = :subject AND ${UNTOLD}`),
  sendTo: change(`
    INSERT INTO about (name, value) VALUES ('notice targets', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE about.value != excluded.value`),
  sentTo: value<string>(`SELECT value FROM about WHERE name = 'notice targets'`),
  send: change(`INSERT INTO deliveries (notice, target, due_at) VALUES (?, ?, ?)`),
  waitNoMore: change(`UPDATE deliveries SET due_at = 0 WHERE tries = 0 AND delivered_at IS NULL AND notice IN (SELECT sequence FROM notices WHERE subject = ?)`),
  due: rows<Omit<NoticeDelivery, 'target'>>(`
    SELECT notices.id, body, tries FROM deliveries JOIN notices ON sequence = notice
    WHERE target = ? AND delivered_at IS NULL AND due_at <= ? ORDER BY due_at, notice LIMIT ?`),
  isDue: row(`SELECT 1 FROM deliveries WHERE target = ? AND delivered_at IS NULL AND due_at <= ? LIMIT 1`),
  lease: change(`UPDATE deliveries SET due_at = ?, tries = tries + 1 WHERE ${OF_NOTICE} AND target = ?`),
  delivered: change(`UPDATE deliveries SET delivered_at = ?, failing_since = NULL, last_error = NULL WHERE ${OF_NOTICE} AND target = ?`),
  failed: change(`
    UPDATE deliveries SET due_at = :retry_at, failing_since = coalesce(failing_since, :now), last_error = :error
    WHERE notice = (SELECT sequence FROM notices WHERE id = :id) AND target = :target AND tries = :tries AND delivered_at IS NULL`),
  targets: rows<NoticeTargetState>(`
    SELECT target, count(*) AS waiting, min(failing_since) AS "failingSince",
      (SELECT last_error FROM deliveries AS failing WHERE failing.target = deliveries.target AND delivered_at IS NULL AND last_error IS NOT NULL ORDER BY due_at DESC LIMIT 1) AS "lastError"
    FROM deliveries WHERE delivered_at IS NULL GROUP BY target ORDER BY target`),
};

/** Where notices go from now on, whichever process writes them. */
export function* sendTo(targets: readonly NoticeTarget[]): Work<void> {
  yield* SQL.sendTo(JSON.stringify(targets));
}

/**
 * A notice of the same type and subject is not told again; as long as nobody was told, it may say more. Once all is known of a subject
 * none of its notices waits: that a payment failed is not told after that it came. A quiet one is no news: it counts as told.
 */
export function* add({ type, subject, at, data, complete }: Notice, { isQuiet = false } = {}): Work<void> {
  const body = JSON.stringify({ type, timestamp: new Date(at).toISOString(), data });
  const sequence = yield* SQL.add({ id: `msg_${randomUUID().replaceAll('-', '')}`, type, subject, body });
  if (sequence === undefined) yield* SQL.say({ type, subject, body });
  else if (!isQuiet) yield* send(sequence, complete ? 0 : Date.now() + WAIT_MILLISECONDS);
  if (complete) yield* SQL.waitNoMore(subject);
}

function* send(notice: number, dueAt: number): Work<void> {
  const targets = JSON.parse((yield* SQL.sentTo()) ?? '[]') as NoticeTarget[];
  for (const target of targets) yield* SQL.send(notice, target, dueAt);
}

export function* isDue(targets: readonly NoticeTarget[], now: number): Work<boolean> {
  for (const target of targets) if ((yield* SQL.isDue(target, now)) !== undefined) return true;
  return false;
}

/** `until` is when whoever claims them has lost them again. */
export function* claim(targets: readonly NoticeTarget[], now: number, until: number, limit = LIMIT): Work<NoticeDelivery[]> {
  const claimed: NoticeDelivery[] = [];
  for (const target of targets) {
    for (const delivery of yield* SQL.due(target, now, limit)) {
      yield* SQL.lease(until, delivery.id, target);
      claimed.push({ ...delivery, target });
    }
  }
  return claimed;
}

export function* delivered({ id, target }: NoticeDelivery, now: number): Work<void> {
  yield* SQL.delivered(now, id, target);
}

/** Whoever lost the notice to another has nothing to say of it. */
export function* failed({ id, target, tries }: NoticeDelivery, error: string, now: number, retryAt: number): Work<void> {
  yield* SQL.failed({ id, target, tries: tries + 1, error, now, retry_at: retryAt });
}

export function targets(): Work<NoticeTargetState[]> {
  return SQL.targets();
}
