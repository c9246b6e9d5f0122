/** The verdict on the next session, always on show, with the session itself. */
import type { UserView } from '../../../../daemon/contract.ts';
import { formatAppointment } from '../../lib/format.ts';
import { standingWords } from '../../lib/sentences.ts';

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
      {cancelledSession && <CancelledSession session={cancelledSession} canComeBack={cancelledSession.paid && standing.verdict === 'on'} />}
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

function CancelledSession({ session, canComeBack }: { session: NonNullable<UserView['cancelledSession']>; canComeBack: boolean }) {
  return (
    <div id="cancelled-session">
      <p>
        <s>
          <Appointment at={session.startsAt} />
        </s>
        : cancelled because the payment failed
      </p>
      {canComeBack && <p>The payment came: we will put it back or find another time with you.</p>}
    </div>
  );
}

function Appointment({ at }: { at: string }) {
  return <time dateTime={at}>{formatAppointment(at)}</time>;
}
