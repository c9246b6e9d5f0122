/** GET /users/me/live: the dashboard hears of a change the moment the cache has it (server-sent events, WHATWG HTML). */
import { Router, type Request, type Response } from 'express';
import type { Dependencies } from '../dependencies.ts';
import type { MeAnswer } from '../contract.ts';
import { HttpError } from '../errors.ts';
import { callerOf } from '../sign-in.ts';
import { userView } from '../user-view.ts';

const HEARTBEAT_MILLISECONDS = 15_000;

export function liveRoutes(dependencies: Dependencies): Router {
  return Router().get('/users/me/live', async (request, response) => {
    await callerOf(request, dependencies);
    if (!response.destroyed) stream(request, response, dependencies);
  });
}

/** Who is signed in is asked again each time: the stream ends with the sign-in. */
function stream(request: Request, response: Response, dependencies: Dependencies): void {
  const { cache, logger } = dependencies;
  let sent = '';
  const send = async (): Promise<void> => {
    const user = await callerOf(request, dependencies);
    const answer = JSON.stringify({ user: await userView(user, dependencies) } satisfies MeAnswer);
    if (answer === sent || response.writableEnded || response.destroyed) return;
    sent = answer;
    response.write(`event: user\ndata: ${answer}\n\n`);
  };
  const sendOrEnd = (): void =>
    void send().catch((error: unknown) => {
      if (error instanceof HttpError) response.end();
      else logger.error({ reason: (error as Error).message }, 'live update failed');
    });
  const unsubscribe = cache.onChange(sendOrEnd);
  const heartbeat = setInterval(() => {
    if (!response.writableEnded) response.write(': still here\n\n');
    sendOrEnd(); // time passes too: a session begins, grace ends
  }, HEARTBEAT_MILLISECONDS).unref();
  response.on('close', () => {
    unsubscribe();
    clearInterval(heartbeat);
  });
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache, no-transform' });
  sendOrEnd();
}
