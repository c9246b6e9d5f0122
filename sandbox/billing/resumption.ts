/** How a paused subscription comes back: at once, or when its resumption invoice is settled. */
import type { World } from '../world.ts';
import { change } from './change.ts';
import type { Invoice } from './shapes.ts';
import { withPeriod } from './subscription-items.ts';
import { remindOfRenewal } from './upcoming-invoice.ts';
import type { Resumption, StoredSubscription } from './subscription-memory.ts';

type Return = Pick<Resumption, 'billing_cycle_anchor' | 'period'>;

/** Emits `customer.subscription.updated` and `customer.subscription.resumed`. */
export function resumeInto(world: World, subscription: StoredSubscription, into: Return, status: 'active' | 'past_due'): StoredSubscription {
  const { status_details: _paused, ...rest } = subscription;
  const { billing_cycle_anchor, period } = into;
  const resumed = change<StoredSubscription>(world, 'customer.subscription.updated', {
    ...withPeriod(rest, period),
    _resumption: null,
    billing_cycle_anchor,
    status,
  });
  world.emit('customer.subscription.resumed', resumed);
  remindOfRenewal(world, resumed.id);
  return resumed;
}

/** The resumption invoice is paid or written off; any other invoice leaves the subscription paused. */
export function completeResumption(world: World, subscription: StoredSubscription, invoice: Invoice): void {
  const { _resumption: resumption } = subscription;
  if (subscription.status === 'paused' && resumption?.invoice === invoice.id) resumeInto(world, subscription, resumption, 'active');
}

/** The resumption invoice is void: the subscription stays paused, and can be resumed again. */
export function dropResumption(world: World, subscription: StoredSubscription, invoice: Invoice): void {
  if (subscription._resumption?.invoice === invoice.id) world.store.save<StoredSubscription>({ ...subscription, _resumption: null });
}

/** A refused payment resumes a subscription too, as `past_due`, unless Stripe itself goes on trying. */
export function failResumption(world: World, subscription: StoredSubscription, invoice: Invoice): void {
  const { _resumption: resumption } = subscription;
  if (resumption?.invoice === invoice.id && resumption.expires_at !== null) resumeInto(world, subscription, resumption, 'past_due');
}

/** When a pause ends by itself; `undefined` when it does not, or when its resumption waits for a payment. */
export function pauseEndDue({ status, _paused_until, _resumption }: StoredSubscription): number | undefined {
  return status === 'paused' && _resumption == null ? (_paused_until ?? undefined) : undefined;
}

/** When an unpaid resumption is given up; `undefined` when none is waiting. */
export function resumptionDue({ status, _resumption }: StoredSubscription): number | undefined {
  return status === 'paused' ? (_resumption?.expires_at ?? undefined) : undefined;
}
