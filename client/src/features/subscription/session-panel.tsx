/** The verdict on the next session, always on show, and when it is. */
import type { Standing, UserView } from '../../../../daemon/contract.ts';
import { formatAppointment } from '../../lib/format.ts';

/** A verdict in words; the colour beside it only repeats them. */
const VERDICT_TEXTS = { on: 'On', hold: 'On hold', off: 'Off' } as const satisfies Record<Standing['verdict'], string>;

export function SessionPanel({ standing, nextSession }: Pick<UserView, 'standing' | 'nextSession'>) {
  return (
    <section className="panel stack">
      <h2>Next session</h2>
      <p id="standing" role="status" data-verdict={standing.verdict}>
        <strong>{VERDICT_TEXTS[standing.verdict]}</strong>: {standing.reason}
      </p>
      {nextSession && (
        <p id="next-session">
          <time dateTime={nextSession.startsAt}>{formatAppointment(nextSession.startsAt)}</time>
        </p>
      )}
    </section>
  );
}
