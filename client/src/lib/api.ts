/** How the client talks to the daemon: JSON in, JSON out, one kind of error. */
import type { ErrorAnswer } from '../../../daemon/contract.ts';

/** An answer that is no success, or (status 0) no answer at all. `fields` says what is wrong with each field of a form. */
export class ApiError extends Error {
  readonly status: number;
  readonly hint: string | undefined;
  readonly fields: Record<string, string>;

  constructor(status: number, { message, hint, fields }: Omit<ErrorAnswer['error'], 'code'>) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.hint = hint;
    this.fields = fields ?? {};
  }
}

/** Whether asking again may help: the daemon did not answer, or said that it cannot at the moment. */
export function isTransient(error: Error): boolean {
  return error instanceof ApiError && (error.status === 0 || error.status >= 500);
}

/** Gets JSON. Throws ApiError. */
export function getJson<Answer>(path: string, signal?: AbortSignal): Promise<Answer> {
  return requestJson(path, signal ? { signal } : {});
}

/** Posts `body` as JSON; an empty answer (204) is undefined. Throws ApiError. */
export function postJson<Answer>(path: string, body: unknown = {}): Promise<Answer> {
  return requestJson(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

async function requestJson<Answer>(path: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(path, { ...init, headers: { accept: 'application/json', ...init.headers } }).catch(refuseSilence);
  const answer: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw new ApiError(response.status, errorIn(answer) ?? { message: `The server answered ${response.status}.` });
  return answer as Answer;
}

function refuseSilence(cause: unknown): never {
  if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
  throw new ApiError(0, { message: 'The server does not answer.', hint: 'Check your connection and try again.' });
}

function errorIn(answer: unknown): ErrorAnswer['error'] | undefined {
  return (answer as Partial<ErrorAnswer> | null | undefined)?.error;
}
