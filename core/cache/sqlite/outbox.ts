/** Notices and their way to each target, in SQLite: written with what they tell of, sent afterwards. */
import { randomUUID } from 'node:crypto';
import type Database from 'better-sqlite3';
import type { Notice, NoticeDelivery, NoticeTarget, NoticeTargetState } from '../../notices/notice.ts';

/** How long a notice that is not complete waits for Stripe to say why. */
const WAIT_MILLISECONDS = 5_000;
const LIMIT = 20;

export class Outbox {
  readonly #statements: ReturnType<typeof prepare>;

  /** `targets` is undefined for whoever sends nothing: a daemon has said where notices go, or none ever ran. */
  constructor(database: Database.Database, targets: readonly NoticeTarget[] | undefined) {
    this.#statements = prepare(database);
    if (targets) this.#statements.sendTo.run(JSON.stringify(targets));
  }

  /**
   * A notice of the same type and subject is not told again; as long as nobody was told, it may say more. Once all is known of a subject
   * none of its notices waits: that a payment failed is not told after that it came.
   */
  add({ type, subject, at, data, complete }: Notice): void {
    const body = JSON.stringify({ type, timestamp: new Date(at).toISOString(), data });
    const dueAt = complete ? 0 : Date.now() + WAIT_MILLISECONDS;
    const sequence = this.#statements.add.get({ id: `msg_${randomUUID().replaceAll('-', '')}`, type, subject, body });
    if (sequence === undefined) this.#statements.say.run({ type, subject, body });
    else this.#statements.send.run({ notice: sequence, due_at: dueAt });
    if (complete) this.#statements.waitNoMore.run(subject);
  }

  isDue(targets: readonly NoticeTarget[], now: number): boolean {
    return targets.some((target) => this.#statements.due.get(target, now, 1) !== undefined);
  }

  /** `until` is when whoever claims them has lost them again. */
  claim(targets: readonly NoticeTarget[], now: number, until: number, limit = LIMIT): NoticeDelivery[] {
    return targets.flatMap((target) => {
      const due = this.#statements.due.all(target, now, limit);
      for (const { id } of due) this.#statements.lease.run(until, id, target);
      return due.map((delivery) => ({ ...delivery, target }));
    });
  }

  delivered({ id, target }: NoticeDelivery, now: number): void {
    this.#statements.delivered.run(now, id, target);
  }

  /** Whoever lost the notice to another has nothing to say of it. */
  failed({ id, target, tries }: NoticeDelivery, error: string, now: number, retryAt: number): void {
    this.#statements.failed.run({ id, target, tries: tries + 1, error, now, retry_at: retryAt });
  }

  targets(): NoticeTargetState[] {
    return this.#statements.targets.all();
  }
}

const OF_NOTICE = `notice = (SELECT sequence FROM notices WHERE id = ?)`;
const UNTOLD = `NOT EXISTS (SELECT 1 FROM deliveries WHERE notice = notices.sequence AND (tries > 0 OR delivered_at IS NOT NULL))`;

function prepare(database: Database.Database) {
  return {
    add: database.prepare<[object], number>(`INSERT INTO notices (id, type, subject, body) VALUES (:id, :type, :subject, :body) ON CONFLICT DO NOTHING RETURNING sequence`).pluck(),
    say: database.prepare<[object]>(`UPDATE notices SET body = :body WHERE type = :type AND subject = :subject AND ${UNTOLD}`),
    sendTo: database.prepare<[string]>(`INSERT INTO about (name, value) VALUES ('notice targets', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE value != excluded.value`),
    send: database.prepare<[object]>(`
      INSERT INTO deliveries (notice, target, due_at)
      SELECT :notice, targets.value, :due_at FROM about, json_each(about.value) AS targets WHERE about.name = 'notice targets'`),
    waitNoMore: database.prepare<[string]>(`UPDATE deliveries SET due_at = 0 WHERE tries = 0 AND delivered_at IS NULL AND notice IN (SELECT sequence FROM notices WHERE subject = ?)`),
    due: database.prepare<[string, number, number], Omit<NoticeDelivery, 'target'>>(`
      SELECT notices.id, body, tries FROM deliveries JOIN notices ON sequence = notice
      WHERE target = ? AND delivered_at IS NULL AND due_at <= ? ORDER BY due_at, notice LIMIT ?`),
    lease: database.prepare<[number, string, string]>(`UPDATE deliveries SET due_at = ?, tries = tries + 1 WHERE ${OF_NOTICE} AND target = ?`),
    delivered: database.prepare<[number, string, string]>(`UPDATE deliveries SET delivered_at = ?, failing_since = NULL, last_error = NULL WHERE ${OF_NOTICE} AND target = ?`),
    failed: database.prepare<[object]>(`
      UPDATE deliveries SET due_at = :retry_at, failing_since = coalesce(failing_since, :now), last_error = :error
      WHERE notice = (SELECT sequence FROM notices WHERE id = :id) AND target = :target AND tries = :tries AND delivered_at IS NULL`),
    targets: database.prepare<[], NoticeTargetState>(`
      SELECT target, count(*) AS waiting, min(failing_since) AS failingSince,
        (SELECT last_error FROM deliveries AS failing WHERE failing.target = deliveries.target AND delivered_at IS NULL AND last_error IS NOT NULL ORDER BY due_at DESC LIMIT 1) AS lastError
      FROM deliveries WHERE delivered_at IS NULL GROUP BY target ORDER BY target`),
  };
}
