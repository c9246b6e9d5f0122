/** Posting one event to a webhook endpoint, as Stripe does: no redirects followed, any 2xx is good. */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

/** More than the log shows: what it hides gets shorter. */
const BODY_KEPT_BYTES = 1000;

/** How one post went: a status with the beginning of the body, or why there was no answer. */
export interface Outcome {
  status: number | null;
  body: string;
  error: string | null;
  /** How long it took; unknown where somebody else posted. */
  milliseconds?: number;
}

export interface PostOptions {
  headers: Record<string, string>;
  /** How long the answer may take, in seconds. */
  timeout: number;
  /** Breaks the post off. */
  closing: AbortSignal;
}

/** Never throws: what went wrong is told in the outcome. Each post opens its own connection, so no stale one can fail it. */
export async function post(url: string, body: string, { headers, timeout, closing }: PostOptions): Promise<Outcome> {
  const patience = AbortSignal.timeout(timeout * 1000);
  const started = performance.now();
  const answer = await send(url, body, headers, AbortSignal.any([closing, patience])).catch(noAnswer);
  const error = patience.aborted ? `no whole answer within ${timeout} s` : answer.error;
  return { ...answer, error, status: error === null ? answer.status : null, milliseconds: Math.round(performance.now() - started) };
}

function send(url: string, body: string, headers: Record<string, string>, signal: AbortSignal): Promise<Outcome> {
  const open = url.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const outgoing = open(url, { method: 'POST', agent: false, signal, headers: { ...headers, 'Content-Length': Buffer.byteLength(body) } });
    outgoing.on('error', reject);
    outgoing.on('response', (response) => {
      let kept = Buffer.alloc(0);
      response.on('data', (chunk: Buffer) => {
        if (kept.length < BODY_KEPT_BYTES) kept = Buffer.concat([kept, chunk]).subarray(0, BODY_KEPT_BYTES);
      });
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? null, body: kept.toString(), error: null }));
    });
    outgoing.end(body);
  });
}

function noAnswer({ message, code = 'no connection' }: NodeJS.ErrnoException): Outcome {
  return { status: null, body: '', error: message || code };
}

export function isSuccess({ status }: Outcome): boolean {
  return status !== null && status >= 200 && status < 300;
}
