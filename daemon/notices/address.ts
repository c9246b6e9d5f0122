/** Posts a notice to the owner's address, signed by Standard Webhooks: https://www.standardwebhooks.com */
import { Webhook } from 'standardwebhooks';
import type { Config } from '../../core/config.ts';
import { DevchatError } from '../../core/errors.ts';
import type { Send } from './sender.ts';

/**
 * Any 2xx is success; redirects are not followed. Errors name the host alone: path and query may be a secret.
 * Throws `not-configured` without a secret to sign with, `usage` for an address that `fetch` would refuse.
 */
export function sendToAddress({ noticeUrl = '', noticeSecret }: Pick<Config, 'noticeUrl' | 'noticeSecret'>): Send {
  const { host, username, password } = new URL(noticeUrl);
  if (username || password) throw new DevchatError('usage', 'DEVCHAT_NOTICE_URL holds a user name or password', 'take them out; the signature shows who sends');
  if (!noticeSecret) throw new DevchatError('not-configured', 'DEVCHAT_NOTICE_URL is set, but nothing to sign with', 'set DEVCHAT_NOTICE_SECRET to whsec_ and what "openssl rand -base64 32" prints');
  const webhook = new Webhook(noticeSecret);
  return async ({ id, body }, signal) => {
    const at = new Date();
    const signature = { 'webhook-id': id, 'webhook-timestamp': String(Math.floor(at.getTime() / 1000)), 'webhook-signature': webhook.sign(id, at, body) };
    const headers = { 'content-type': 'application/json', 'user-agent': 'devchat', ...signature };
    const answer = await fetch(noticeUrl, { method: 'POST', redirect: 'manual', headers, body, signal }).catch((error: unknown) => {
      throw new Error(`${host} cannot be reached (${reasonOf(error)})`);
    });
    void answer.body?.cancel().catch(() => undefined); // its body may have broken off
    if (!answer.ok) throw new Error(`${host} answered ${answer.status}`);
  };
}

/** Node's own code, such as ECONNREFUSED: what fetch says can hold the address. */
function reasonOf(error: unknown): string {
  const { cause } = error as { cause?: { code?: string } };
  return cause?.code ?? 'no answer';
}
