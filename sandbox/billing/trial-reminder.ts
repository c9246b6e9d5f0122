/** `customer.subscription.trial_will_end`: three days before the end, or at once when the trial is shorter. */
import { existing } from '../wire/existing.ts';
import type { World } from '../world.ts';
import { DAY_SECONDS } from './calendar.ts';
import type { StoredSubscription } from './subscription-memory.ts';

const REMINDER_SECONDS = 3 * DAY_SECONDS;

/** When the reminder is due; `undefined` without a trial, or when this end has been told of. */
export function trialReminderDue(subscription: StoredSubscription): number | undefined {
  const { status, trial_end, _trial_end_told } = subscription;
  if (status !== 'trialing' || trial_end === null || _trial_end_told === trial_end) return undefined;
  return trial_end - REMINDER_SECONDS;
}

/** Tells of the trial's end when it is near. */
export function remindOfTrialEnd(world: World, id: string): void {
  const subscription = existing<StoredSubscription>(world, 'subscription', id);
  const due = trialReminderDue(subscription);
  if (due === undefined || subscription.trial_end === null || due > world.now()) return;
  world.store.save<StoredSubscription>({ ...subscription, _trial_end_told: subscription.trial_end });
  world.emit('customer.subscription.trial_will_end', subscription);
}
