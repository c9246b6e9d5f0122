/** The verdict on the next session, always on show, with the session itself. */
import type { UserView } from '../../../../daemon/contract.ts';
import { formatAppointment } from '../../lib/format.ts';
import { cancelledSessionWords, standingWords } from '../../lib/sentences.ts';

interface SessionPanelProps {
  user: UserView;
  /** A banner beside it tells of the missing payment. */
  isProblemTold: boolean;
}

export function SessionPanel({ user, isProblemTold }: SessionPanelProps) {
  const { standing, nextSession, cancelledSession } = user;
  const { verdict, why } = standingWords(standing, isProblemTold);
  return (
    <section className="panel stack">
      <h2>Next session</h2>
      <p id="standing" role="status" data-verdict={standing.verdict}>
        <strong>{verdict}</strong>: {why}
      </p>
      {cancelledSession && (
        <p id="cancelled-session">
          <s>
            <Appointment at={cancelledSession.startsAt} />
          </s>
          : {cancelledSessionWords(cancelledSession, standing, isProblemTold)}
        </p>
      )}
      {nextSession && (
        <p id="next-session">
          <Appointment at={nextSession.startsAt} />
          {nextSession.hasBegun && ': it is on now'}
        </p>
      )}
      {!nextSession && !cancelledSession && standing.verdict === 'on' && <p>No session is booked yet.</p>}
    </section>
  );
}

function Appointment({ at }: { at: string }) {
  return <time dateTime={at}>{formatAppointment(at)}</time>;
}
