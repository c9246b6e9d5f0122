/** A new card in the portal: the set-up that its page opens, the bank's word on it, and what the card pays for from then on. */
import type { CardDetails } from '../../billing/cards.ts';
import { payWith, setDefaultPaymentMethod } from '../../billing/customers.ts';
import { createSetupIntent, setupRefusal } from '../../billing/setup-intents.ts';
import type { Customer, SetupIntent } from '../../billing/shapes.ts';
import { portalPath, rememberSetup, sessionOfSetup } from '../../portal-access.ts';
import { existing } from '../../wire/existing.ts';
import type { World } from '../../world.ts';
import type { PortalVisit } from './session.ts';

/** Each opening of the page begins a set-up. Emits `setup_intent.created`. */
export function openSetup(world: World, { session, customer }: PortalVisit): SetupIntent {
  return world.store.transaction(() => {
    const setup = createSetupIntent(world, { customer: customer.id });
    rememberSetup(world, session.id, setup.id);
    return setup;
  });
}

/** The set-up of the last card that was tried in this session. */
export function lastSetup(world: World, { session }: PortalVisit): SetupIntent | undefined {
  return world.store.find<SetupIntent>('setup_intent', session._setup_intent ?? '');
}

/** Tries a card; one whose holder is asked waits in `requires_action`. Throws StripeError (402) for one that the bank refuses. */
export function setUpCard(world: World, portal: PortalVisit, card: CardDetails): SetupIntent {
  const setup = world.store.transaction(() => {
    const last = lastSetup(world, portal);
    const opened = last === undefined || last.status === 'succeeded' ? openSetup(world, portal) : last;
    return setDefaultPaymentMethod(world, portal.customer.id, card, opened);
  });
  if (setup.status === 'requires_payment_method') throw setupRefusal(setup);
  return setup;
}

/** After the bank's question: the card pays, if it was confirmed. Answers where its holder goes on; undefined for no set-up of a portal. */
export function goOnWithSetup(world: World, { id, status, payment_method: card }: Pick<SetupIntent, 'id' | 'status' | 'payment_method'>): string | undefined {
  const session = sessionOfSetup(world, id);
  if (session === undefined) return undefined;
  if (status === 'succeeded') payWith(world, existing<Customer>(world, 'customer', session.customer ?? ''), card ?? '');
  return `${portalPath(session)}/payment-methods?tried`;
}
