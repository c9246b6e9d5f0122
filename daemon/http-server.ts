/** The HTTP server as Express wants its requests and answers to be. */
import { createServer, IncomingMessage, ServerResponse, type Server, type ServerOptions } from 'node:http';
import type { Express } from 'express';

/** What `serve` is given answers the requests. */
export interface HttpServer {
  server: Server;
  serve(app: Express): void;
}

/**
 * Makes a server that does not listen yet. Express sets the prototype of each request and answer, which undoes what the engine has learned
 * of them and doubles the cost of a short request; here they are born with it, so that there is nothing to set (docs/benchmarks.md).
 */
export function createHttpServer(options: ServerOptions): HttpServer {
  class Request extends IncomingMessage {}
  class Response extends ServerResponse {}
  const server = createServer({ ...options, IncomingMessage: Request, ServerResponse: Response });
  const serve = (app: Express): void => {
    app.request = Object.setPrototypeOf(Request.prototype, app.request) as typeof app.request;
    app.response = Object.setPrototypeOf(Response.prototype, app.response) as typeof app.response;
    server.on('request', app);
  };
  return { server, serve };
}
