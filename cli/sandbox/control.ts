/** Speaks to a running sandbox about itself. */
import type { Config } from '../../core/config.ts';
import { DevchatError } from '../../core/errors.ts';

const TIMEOUT_MILLISECONDS = 120_000;

/**
 * Calls `/_sandbox…` of the configured sandbox. Throws `not-configured` without an address, `unreachable` where no sandbox
 * answers, `usage` where it refuses, and `failed` where it fails.
 */
export async function askSandbox({ stripeApiBase }: Config, path: string, body?: object): Promise<unknown> {
  if (!stripeApiBase) throw new DevchatError('not-configured', 'no sandbox is known', 'start one with devchat up, or set STRIPE_API_BASE');
  const answer = await fetchFrom(`${stripeApiBase}/_sandbox${path}`, body);
  const json = (await answer.json().catch(() => undefined)) as { error?: { message?: string } } | undefined;
  if (answer.ok && json) return json;
  const message = json?.error?.message;
  if (message === undefined) throw new DevchatError('unreachable', `what answers at ${stripeApiBase} is no sandbox`, 'set STRIPE_API_BASE to where devchat sandbox listens');
  if (answer.status < 500) throw new DevchatError('usage', `the sandbox refused: ${message}`);
  throw new DevchatError('failed', `the sandbox failed: ${message}`, 'its own output says where');
}

async function fetchFrom(url: string, body: object | undefined): Promise<Response> {
  const post = body && { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
  try {
    return await fetch(url, { ...post, signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS) });
  } catch (error) {
    throw new DevchatError('unreachable', `no sandbox answers at ${url}`, 'start one with devchat up or devchat sandbox', error);
  }
}
