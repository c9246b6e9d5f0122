/** A setup intent as it is before its first try. */
import type { World } from '../world.ts';
import type { SetupIntent } from './shapes.ts';

export interface SetupIntentOptions extends Partial<Pick<SetupIntent, 'automatic_payment_methods' | 'payment_method' | 'status'>> {
  customer: string | null;
  description?: string | null;
  metadata?: Record<string, string>;
  usage?: 'off_session' | 'on_session';
}

export function buildSetupIntent(world: World, options: SetupIntentOptions): SetupIntent {
  const { customer, metadata, usage, ...details } = options;
  const id = world.newId('seti');
  return {
    id,
    object: 'setup_intent',
    ...NOTHING_HAPPENED,
    ...details,
    client_secret: `${id}_${world.newId('secret')}`,
    created: world.now(),
    customer,
    metadata: metadata ?? {},
    usage: usage ?? 'off_session',
  };
}

/** Before the first try; much of it the sandbox never fills. */
const NOTHING_HAPPENED = {
  allowed_payment_method_types: null,
  application: null,
  automatic_payment_methods: null,
  cancellation_reason: null,
  customer_account: null,
  description: null,
  excluded_payment_method_types: null,
  flow_directions: null,
  last_setup_error: null,
  latest_attempt: null,
  livemode: false,
  mandate: null,
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
} satisfies Partial<SetupIntent>;
