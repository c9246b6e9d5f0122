/** What the sandbox says, for whoever watches it in the same process (`node:diagnostics_channel`). */
import { channel } from 'node:diagnostics_channel';

/** Every answer of the API: its body, the JSON text as it is sent. */
export const ANSWERS = channel('devchat:sandbox:answers');

/** Every event as it is emitted, a `Stripe.Event`. */
export const EVENTS = channel('devchat:sandbox:events');
