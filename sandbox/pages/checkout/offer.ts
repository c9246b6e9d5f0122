/** What a Checkout Session offers, in the words of its page. */
import { DAY_SECONDS } from '../../billing/calendar.ts';
import { dueToday } from '../../billing/checkout-line-items.ts';
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

/** Who sells, as the session says; without one, the account's business. */
export function sellerOf(world: World, session?: StoredSession): string {
  return session?.branding_settings?.display_name ?? world.switchOf('business_name');
}

export function offerOf(world: World, session: StoredSession): Offer {
  const trial = trialOf(world, session);
  const items = session.line_items.data;
  const currency = session.currency ?? 'usd';
  const recurring = items.filter((item) => item.price?.recurring != null);
  const named = recurring.length > 0 ? recurring : items;
  const amount = money(named.reduce((sum, item) => sum + fullAmount(item), 0), currency);
  const interval = intervalOf(recurring[0]);
  const lines = items.map((item) => offerLine(world, item, trial));
  return {
    ...wordsOf(session, { business: sellerOf(world, session), amount, interval, trial, names: named.map(nameOf).join(' and ') }),
    lines,
    dueToday: session.mode === 'setup' ? null : money(dueToday(session.line_items, trial !== null), currency),
  };
}

interface Deal {
  business: string;
  /** `$60.00`. */
  amount: string;
  /** `per month`; null for what is paid once. */
  interval: string | null;
  trial: Trial | null;
  names: string;
}

function wordsOf({ mode, submit_type }: StoredSession, deal: Deal): Words {
  if (mode === 'setup') return { ...SETUP_WORDS, terms: `By saving your card, you allow ${deal.business} to charge it for future payments.` };
  if (mode === 'payment') {
    const submitLabel = SUBMIT_LABELS[submit_type ?? 'pay'] ?? 'Pay';
    return { title: deal.names, headline: deal.amount, detail: null, submitLabel, terms: null };
  }
  return deal.trial === null ? paidWords(deal) : trialWords(deal, deal.trial);
}

const SETUP_WORDS = { title: 'Save your payment details', headline: null, detail: null, submitLabel: 'Save card' };

/** A one-time payment's button, by the session's `submit_type`. */
const SUBMIT_LABELS: Readonly<Record<string, string>> = { book: 'Book', donate: 'Donate', pay: 'Pay', subscribe: 'Subscribe' };

type Words = Pick<Offer, 'title' | 'headline' | 'detail' | 'submitLabel' | 'terms'>;

function trialWords({ amount, interval, names }: Deal, trial: Trial): Words {
  return {
    title: `Try ${names}`,
    headline: `${trial.length} free`,
    detail: `Then ${amount} ${interval}`,
    submitLabel: 'Start trial',
    terms: `After your trial ends, you will be charged ${amount} ${interval} starting ${trial.end}. You can always cancel before then.`,
  };
}

function paidWords({ business, amount, interval, names }: Deal): Words {
  return {
    title: `Subscribe to ${names}`,
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

function nameOf(item: LineItem): string {
  return item.description ?? 'Subscription';
}

/** A trial is of what renews; what is paid once is due at once. */
function offerLine(world: World, item: LineItem, trialOfAll: Trial | null): OfferLine {
  const trial = item.price?.recurring == null ? null : trialOfAll;
  const quantity = item.quantity ?? 1;
  const product = world.store.find<Product>('product', item.price?.product ?? '');
  const amount = money(fullAmount(item), item.currency);
  return {
    name: nameOf(item),
    description: product?.description ?? null,
    quantity: quantity === 1 ? null : `Qty ${quantity}`,
    amount: trial === null ? amount : `${trial.length} free`,
    billing: trial === null ? intervalOf(item) : `${amount} ${intervalOf(item) ?? ''} after`,
  };
}

function fullAmount({ price, quantity }: LineItem): number {
  return (price?.unit_amount ?? 0) * (quantity ?? 1);
}

function intervalOf(item: LineItem | undefined): string | null {
  return item?.price?.recurring == null ? null : perInterval(item.price);
}
