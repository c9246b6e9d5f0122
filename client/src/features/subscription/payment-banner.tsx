/** Says that a payment is missing: what happened, what comes next, and (as `children`) what to do. */
import type { ReactNode } from 'react';
import type { PaymentProblem } from '../../lib/dashboard-state.ts';
import { paymentSentences } from '../../lib/sentences.ts';

export function PaymentBanner({ problem, children }: { problem: PaymentProblem; children: ReactNode }) {
  return (
    <section id="payment-failed" className="panel warn stack" role="alert">
      <h2>{problem.failedPayment?.needsConfirmation ? 'Your payment needs you' : 'Your payment failed'}</h2>
      {paymentSentences(problem).map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      {children}
    </section>
  );
}
