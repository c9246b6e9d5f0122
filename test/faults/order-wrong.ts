/** Rules that are wrong in one way about order: against each, some order must end otherwise than at Stripe. */
import { applyEvent, type Cached } from '../../core/billing/apply-event.ts';
import { isTerminal } from '../../core/billing/state.ts';
import type { Rules } from './order-walk.ts';

type Event = Parameters<Rules>[0];

/** The cached rows as if they were this old. */
function asIfOf(asOf: number, { subscription, invoice }: Cached): Cached {
  return { subscription: subscription && { ...subscription, asOf }, invoice: invoice && { ...invoice, asOf } };
}

const asOfOf = (event: Event, { subscription, invoice }: Cached): number => (event.data.object.object === 'invoice' ? invoice?.asOf : subscription?.asOf) ?? 0;

/** What is met is taken for older than it is where this holds. */
const misjudging =
  (isMisjudged: (created: number, asOf: number) => boolean): Rules =>
  (event, cached, ours) =>
    applyEvent(event, isMisjudged(event.created, asOfOf(event, cached)) ? asIfOf(event.created - 1, cached) : cached, ours);

export const WRONG_RULES: Record<string, Rules> = {
  'trusts the order of arrival': misjudging(() => true),
  'decides ties by arrival': misjudging((created, asOf) => created === asOf),
  'accepts what is older': misjudging((created, asOf) => created < asOf),
  'never asks': (event, cached, ours) => {
    const { ask: _, ...decision } = applyEvent(event, cached, ours);
    return decision;
  },
};

/** An end is taken for any other state. */
export const REVIVING: Rules = (event, { subscription, ...cached }, ours) =>
  applyEvent(event, { ...cached, subscription: subscription && isTerminal(subscription.status) ? { ...subscription, status: 'active' } : subscription }, ours);
