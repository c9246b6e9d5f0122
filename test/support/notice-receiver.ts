/** The owner's end of notices: an address that hears them. */
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { startLocalServer, type LocalServer } from './local-server.ts';

export const NOTICE_SECRET = `whsec_${Buffer.from('the secret of the notices, 32 by').toString('base64')}`;

export interface Heard {
  id: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface NoticeReceiver extends LocalServer {
  /** What the daemon is to be told: its path is a secret. */
  address: string;
  /** Everything that was posted, whatever it was answered. */
  heard: Heard[];
  /** How the next posts are answered: by a status, or not at all. */
  answer: number | 'never';
}

export async function openReceiver(): Promise<NoticeReceiver> {
  const heard: Heard[] = [];
  const server = await startLocalServer((request, response) => {
    void text(request).then((body) => {
      heard.push({ id: String(request.headers['webhook-id']), headers: request.headers, body });
      answerBy(receiver.answer, response);
    });
  });
  const receiver: NoticeReceiver = { ...server, address: `${server.url}/secret-path?token=secret-token`, heard, answer: 204 };
  return receiver;
}

function answerBy(answer: NoticeReceiver['answer'], response: ServerResponse): void {
  if (answer !== 'never') response.writeHead(answer, { location: '/elsewhere' }).end();
}
