/** Reads a request's body as the very text that was signed: no inflating, no parsing, bounded. */
import type { IncomingMessage } from 'node:http';
import { HttpError } from './errors.ts';

const MAX_BODY_BYTES = 1024 * 1024;

/** The body as text. Throws 415 for an encoded body and 413 over 1 MiB, before reading on, and 400 where the caller goes away. */
export function readRawBody(request: IncomingMessage): Promise<string> {
  const { 'content-encoding': encoding, 'content-length': length } = request.headers;
  if (encoding && encoding !== 'identity') throw new HttpError(415, 'encoded', 'the body must not be compressed');
  if (Number(length) > MAX_BODY_BYTES) throw tooLarge();
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_BODY_BYTES) reject(tooLarge());
      else chunks.push(chunk);
    });
    request.on('end', () => resolve((chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)).toString('utf8')));
    request.on('error', () => reject(new HttpError(400, 'bad_request', 'the body was cut off')));
  });
}

function tooLarge(): HttpError {
  return new HttpError(413, 'too_large', 'the body is over 1 MiB');
}
