/** GET /users/me/live: the dashboard hears of a change the moment the cache has it (server-sent events, WHATWG HTML). */
import { Router, type Response } from 'express';
import type { Dependencies } from '../dependencies.ts';
import type { MeAnswer } from '../contract.ts';
import { callerOf, type Customer } from '../sign-in.ts';
import { userView } from '../user-view.ts';

const HEARTBEAT_MILLISECONDS = 15_000;

export function liveRoutes(dependencies: Dependencies): Router {
  return Router().get('/users/me/live', async (request, response) => {
    const user = await callerOf(request, dependencies);
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache, no-transform' });
    const stop = await stream(user, response, dependencies);
    response.on('close', stop);
  });
}

async function stream(user: Customer, response: Response, { cache, logger }: Dependencies): Promise<() => void> {
  let sent = '';
  const send = async (): Promise<void> => {
    const answer = JSON.stringify({ user: await userView(user, cache) } satisfies MeAnswer);
    if (answer === sent || response.writableEnded) return;
    sent = answer;
    response.write(`event: user\ndata: ${answer}\n\n`);
  };
  const sendOrLog = (): void => void send().catch((error: unknown) => logger.error({ reason: (error as Error).message }, 'live update failed'));
  await send();
  const unsubscribe = cache.onChange(sendOrLog);
  const heartbeat = setInterval(() => response.write(': still here\n\n'), HEARTBEAT_MILLISECONDS).unref();
  return () => {
    unsubscribe();
    clearInterval(heartbeat);
  };
}
