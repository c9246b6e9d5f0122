/** What a Checkout Session offers, in the words of its page. */
import { DAY_SECONDS } from '../../billing/calendar.ts';
import type { StoredSession } from '../../billing/checkout-sessions.ts';
import { trialEnd } from '../../billing/new-subscription.ts';
import type { LineItem, Product } from '../../billing/shapes.ts';
import type { World } from '../../world.ts';
import { dayCount, longDate, money, perInterval } from '../format.ts';
import type { Offer, OfferLine } from './view.ts';

interface Trial {
  /** `3 days`. */
  length: string;
  /** `December 5, 2026`. */
  end: string;
}

export function offerOf(world: World, session: StoredSession, business: string): Offer {
  const trial = trialOf(world, session);
  const items = session.line_items.data;
  const amount = money(items.reduce((sum, item) => sum + fullAmount(item), 0), session.currency ?? 'usd');
  const interval = intervalOf(items[0]);
  const words = trial === null ? paidWords(amount, interval, business) : trialWords(amount, interval, trial);
  const lines = items.map((item) => offerLine(world, item, trial));
  return {
    ...words,
    title: `${trial === null ? 'Subscribe to' : 'Try'} ${lines.map((line) => line.name).join(' and ')}`,
    lines,
    dueToday: money(session.amount_total ?? 0, session.currency ?? 'usd'),
  };
}

type Words = Pick<Offer, 'headline' | 'detail' | 'submitLabel' | 'terms'>;

function trialWords(amount: string, interval: string, trial: Trial): Words {
  return {
    headline: `${trial.length} free`,
    detail: `Then ${amount} ${interval}`,
    submitLabel: 'Start trial',
    terms: `After your trial ends, you will be charged ${amount} ${interval} starting ${trial.end}. You can always cancel before then.`,
  };
}

function paidWords(amount: string, interval: string, business: string): Words {
  return {
    headline: amount,
    detail: interval,
    submitLabel: 'Subscribe',
    terms: `By subscribing, you allow ${business} to charge you ${amount} ${interval} until you cancel.`,
  };
}

function trialOf(world: World, session: StoredSession): Trial | null {
  const end = trialEnd(world, session._subscription_data);
  if (end === null) return null;
  return { length: dayCount(Math.ceil((end - world.now()) / DAY_SECONDS)), end: longDate(end) };
}

function offerLine(world: World, item: LineItem, trial: Trial | null): OfferLine {
  const quantity = item.quantity ?? 1;
  const product = world.store.find<Product>('product', item.price?.product ?? '');
  const amount = money(fullAmount(item), item.currency);
  return {
    name: item.description ?? 'Subscription',
    description: product?.description ?? null,
    quantity: quantity === 1 ? null : `Qty ${quantity}`,
    amount: trial === null ? amount : `${trial.length} free`,
    billing: trial === null ? intervalOf(item) : `${amount} ${intervalOf(item)} after`,
  };
}

function fullAmount({ price, quantity }: LineItem): number {
  return (price?.unit_amount ?? 0) * (quantity ?? 1);
}

function intervalOf(item: LineItem | undefined): string {
  return perInterval({ recurring: item?.price?.recurring ?? null });
}
