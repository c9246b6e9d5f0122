/** Tells every answered call of the API to those who tail the request logs. */
import type { RequestHandler, Response } from 'express';
import { realSeconds } from '../clock.ts';
import type { CliSockets } from '../deliver/cli-sockets.ts';

const API_PATHS = /^\/v[12]\//;
const ERROR_FIELDS = ['type', 'charge', 'code', 'decline_code', 'message', 'param'] as const;

export function tellRequests(sockets: CliSockets): RequestHandler {
  return ({ method, path }, response, next) => {
    if (API_PATHS.test(path)) response.on('finish', () => sockets.tellRequest(() => logOf(method, path, response)));
    next();
  };
}

function logOf(method: string, url: string, response: Response): ReturnType<Parameters<CliSockets['tellRequest']>[0]> {
  const request_id = response.get('Request-Id') ?? '';
  return { method, url, status: response.statusCode, request_id, created_at: realSeconds(), livemode: false, error: errorOf(response) };
}

function errorOf(response: Response): Record<string, string> {
  const sent = response.locals.sent as string | undefined;
  // A fault may answer without a word of Stripe's.
  if (response.statusCode < 400 || sent === undefined) return {};
  const { error = {} } = JSON.parse(sent) as { error?: Record<string, unknown> };
  return Object.fromEntries(ERROR_FIELDS.flatMap((name) => (typeof error[name] === 'string' ? [[name, error[name]]] : [])));
}
