/** Every route of the sandbox's API, without a sandbox that serves them. */
import { eventRoutes } from '../../sandbox/api/events.ts';
import { stripeCliRoutes } from '../../sandbox/api/stripe-cli.ts';
import { testClockRoutes } from '../../sandbox/api/test-clocks.ts';
import { apiRoutes } from '../../sandbox/app.ts';
import type { CliSockets } from '../../sandbox/deliver/cli-sockets.ts';
import type { Outbox } from '../../sandbox/deliver/outbox.ts';
import type { Route } from '../../sandbox/wire/route.ts';

export const ROUTES: readonly Route[] = [
  ...apiRoutes,
  ...eventRoutes({} as Outbox),
  ...stripeCliRoutes({} as CliSockets),
  ...testClockRoutes(() => undefined),
];

export const routeName = ({ method, path }: Pick<Route, 'method' | 'path'>): string => `${method} ${path}`;
