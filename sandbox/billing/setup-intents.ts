/** Preparing a card for later charges. */
import type { World } from '../world.ts';
import type { PaymentMethod, SetupIntent } from './shapes.ts';

/** The intent of a set-up that its customer completed on one of Stripe's pages. Emits `succeeded`, then `created`. */
export function completeSetup(world: World, customer: string, paymentMethod: PaymentMethod): SetupIntent {
  const intent = world.store.insert<SetupIntent>({
    ...buildSetupIntent(world, customer),
    payment_method: paymentMethod.id,
    status: 'succeeded',
  });
  world.emit('setup_intent.succeeded', intent);
  world.emit('setup_intent.created', intent);
  return intent;
}

function buildSetupIntent(world: World, customer: string): SetupIntent {
  const id = world.newId('seti');
  return {
    id,
    object: 'setup_intent',
    allowed_payment_method_types: null,
    application: null,
    automatic_payment_methods: null,
    cancellation_reason: null,
    client_secret: `${id}_${world.newId('secret')}`,
    created: world.now(),
    customer,
    customer_account: null,
    description: null,
    excluded_payment_method_types: null,
    flow_directions: null,
    last_setup_error: null,
    latest_attempt: null,
    livemode: false,
    mandate: null,
    metadata: {},
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: {
      card: { mandate_options: null, network: null, request_three_d_secure: 'automatic' },
    },
    payment_method_types: ['card'],
    single_use_mandate: null,
    status: 'requires_payment_method',
    usage: 'off_session',
  };
}
