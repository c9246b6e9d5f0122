/** `customer.subscription.trial_will_end`: three days before the end, or at once when the trial is shorter. */
import type { World } from '../world.ts';
import { DAY_SECONDS } from './calendar.ts';
import type { Subscription } from './shapes.ts';

const REMINDER_SECONDS = 3 * DAY_SECONDS;

/** When the reminder is due; `undefined` without a trial, or when this end has been told of. */
export function trialReminderDue(world: World, subscription: Subscription): number | undefined {
  const { status, trial_end } = subscription;
  if (status !== 'trialing' || trial_end === null) return undefined;
  if (world.store.setting(settingOf(subscription)) === String(trial_end)) return undefined;
  return trial_end - REMINDER_SECONDS;
}

/** Tells of the trial's end when it is near. */
export function remindOfTrialEnd(world: World, subscription: Subscription): void {
  const due = trialReminderDue(world, subscription);
  if (due === undefined || due > world.now()) return;
  world.store.setSetting(settingOf(subscription), String(subscription.trial_end));
  world.emit('customer.subscription.trial_will_end', subscription);
}

function settingOf(subscription: Subscription): string {
  return `trial_end_told.${subscription.id}`;
}
