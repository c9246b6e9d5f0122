/** The bank's page: what is to be confirmed, and both answers that a test may need. */
import { html } from '../html.ts';
import { businessMark, splitPage } from '../layout.ts';

export interface ChallengeView {
  business: string;
  /** `$60.00`; null where a card is only prepared for later. */
  amount: string | null;
}

export function challengePage({ business, amount }: ChallengeView): string {
  const what = amount === null ? `${business} wants to save this card for later payments.` : `${business} wants to charge ${amount}.`;
  return splitPage({
    title: `Confirm with your bank - ${business}`,
    aside: html`${businessMark(business)}<p class="Aside-text">Your bank asks you to confirm that it is you.</p>`,
    main: html`<h1 class="Step-title">3D Secure test page</h1>
      <p>${what}</p>
      <p class="Muted">A real bank would ask for a code here. Choose how it ends.</p>
      <form method="post" class="Actions" aria-label="Answer the bank">
        <button class="Button" type="submit" name="outcome" value="complete" id="test-source-authorize-3ds" data-testid="challenge-complete">Complete</button>
        <button class="Button Button--quiet" type="submit" name="outcome" value="fail" id="test-source-fail-3ds" data-testid="challenge-fail">Fail</button>
      </form>`,
  });
}
