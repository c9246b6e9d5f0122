/** Posting one event to a webhook endpoint, as Stripe does: no redirects followed, any 2xx is good. */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

const ANSWER_WAIT_MILLISECONDS = 20_000;
const BODY_KEPT_BYTES = 5000;

/** How one post went: a status with the beginning of the body, or why there was no answer. */
export interface Outcome {
  status: number | null;
  body: string;
  error: string | null;
}

/** Never throws: what went wrong is told in the outcome. Each post opens its own connection, so no stale one can fail it. */
export function post(url: string, body: string, headers: Record<string, string>, closing: AbortSignal): Promise<Outcome> {
  const open = url.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise((resolve) => {
    const fail = (error: Error): void => resolve({ status: null, body: '', error: error.message });
    const signal = AbortSignal.any([closing, AbortSignal.timeout(ANSWER_WAIT_MILLISECONDS)]);
    const outgoing = open(url, { method: 'POST', agent: false, signal, headers: { ...headers, 'Content-Length': Buffer.byteLength(body) } });
    outgoing.on('error', fail);
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', fail);
      response.on('end', () => resolve({ status: response.statusCode ?? null, body: textOf(chunks), error: null }));
    });
    outgoing.end(body);
  });
}

function textOf(chunks: Buffer[]): string {
  return Buffer.concat(chunks).subarray(0, BODY_KEPT_BYTES).toString();
}

export function isSuccess({ status }: Outcome): boolean {
  return status !== null && status >= 200 && status < 300;
}
