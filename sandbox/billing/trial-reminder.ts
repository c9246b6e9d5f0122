/** `customer.subscription.trial_will_end`: three days before the end, or at once when the trial is shorter. */
import type { World } from '../world.ts';
import { DAY_SECONDS } from './calendar.ts';
import type { Subscription } from './shapes.ts';

const REMINDER_SECONDS = 3 * DAY_SECONDS;

/** The stored subscription remembers which end of its trial was told of. */
type RemindedSubscription = Subscription & { _trial_end_told?: number };

/** When the reminder is due; `undefined` without a trial, or when this end has been told of. */
export function trialReminderDue(subscription: RemindedSubscription): number | undefined {
  const { status, trial_end, _trial_end_told: told } = subscription;
  return status !== 'trialing' || trial_end === null || told === trial_end ? undefined : trial_end - REMINDER_SECONDS;
}

/** Tells of the trial's end when it is near. */
export function remindOfTrialEnd(world: World, subscription: Subscription): void {
  const due = trialReminderDue(subscription);
  if (due === undefined || due > world.now()) return;
  world.store.save({ ...subscription, _trial_end_told: subscription.trial_end });
  tellOfTrialEnd(world, subscription);
}

export function tellOfTrialEnd(world: World, subscription: Subscription): void {
  world.emit('customer.subscription.trial_will_end', subscription);
}
