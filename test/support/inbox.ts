/** An address of the owner's that notices are posted to: it takes those with a good signature. */
import { Webhook } from 'standardwebhooks';
import type { NoticeData } from '../../core/notices/notice.ts';
import { startLocalServer } from './local-server.ts';

/** What the owner was told. */
export interface Told {
  type: string;
  /** The invoice, or for an end the subscription. */
  subject: string;
  text: string;
  data: NoticeData;
}

export interface Inbox {
  url: string;
  secret: string;
  /** Everything so far, as it came. */
  told: readonly Told[];
  close(): Promise<void>;
}

export async function openInbox(): Promise<Inbox> {
  const secret = `whsec_${Buffer.alloc(32, 'inbox').toString('base64')}`;
  const told: Told[] = [];
  const server = await startLocalServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      response.writeHead(isGenuine(body, request.headers, secret) ? told.push(toldBy(body)) && 204 : 401).end();
    });
  });
  return { url: `${server.url}/notices`, secret, told, close: server.close };
}

function isGenuine(body: string, headers: object, secret: string): boolean {
  try {
    new Webhook(secret).verify(body, headers as Record<string, string>);
    return true;
  } catch {
    return false;
  }
}

function toldBy(body: string): Told {
  const { type, data } = JSON.parse(body) as { type: string; data: NoticeData };
  return { type, subject: data.payment?.invoice ?? data.subscription, text: data.text, data };
}
