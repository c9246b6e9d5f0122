/** Speaks to a running sandbox about itself. */
import type { Config } from '../../core/config.ts';
import { DevchatError } from '../../core/errors.ts';

const TIMEOUT_MILLISECONDS = 120_000;

/** Calls `/_sandbox…` of the configured sandbox. Throws `not-configured` without an address, `unreachable` where no sandbox answers, `usage` where it refuses. */
export async function askSandbox({ stripeApiBase }: Config, path: string, body?: object): Promise<unknown> {
  if (!stripeApiBase) throw new DevchatError('not-configured', 'no sandbox is known', 'start one with devchat up, or set STRIPE_API_BASE');
  const answer = await fetchFrom(`${stripeApiBase}/_sandbox${path}`, body);
  const json: unknown = await answer.json().catch(() => undefined);
  if (answer.ok) return json;
  const message = (json as { error?: { message?: string } } | undefined)?.error?.message ?? `it answered ${answer.status}`;
  throw new DevchatError('usage', `the sandbox refused: ${message}`);
}

async function fetchFrom(url: string, body: object | undefined): Promise<Response> {
  const post = body && { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
  try {
    return await fetch(url, { ...post, signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS) });
  } catch (error) {
    throw new DevchatError('unreachable', `no sandbox answers at ${url}`, 'start one with devchat up or devchat sandbox', error);
  }
}
