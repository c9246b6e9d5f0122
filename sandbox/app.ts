/** The sandbox as an Express app: Stripe's API, the hosted pages and the controls, over one world. */
import type { Server } from 'node:http';
import express, { type Express } from 'express';
import { accountRoutes } from './api/account.ts';
import { balanceTransactionRoutes } from './api/balance-transactions.ts';
import { chargeRoutes } from './api/charges.ts';
import { checkoutSessionRoutes } from './api/checkout-sessions.ts';
import { customerRoutes } from './api/customers.ts';
import { eventRoutes } from './api/events.ts';
import { invoiceItemRoutes } from './api/invoice-items.ts';
import { invoicePaymentRoutes } from './api/invoice-payments.ts';
import { invoiceRoutes } from './api/invoices.ts';
import { paymentIntentRoutes } from './api/payment-intents.ts';
import { paymentMethodRoutes } from './api/payment-methods.ts';
import { paymentPageRoutes } from './api/payment-pages.ts';
import { planRoutes } from './api/plans.ts';
import { createDefaultConfiguration, portalConfigurationRoutes } from './api/portal-configurations.ts';
import { portalSessionRoutes } from './api/portal-sessions.ts';
import { priceRoutes } from './api/prices.ts';
import { productRoutes } from './api/products.ts';
import { refundRoutes } from './api/refunds.ts';
import { searchRoutes } from './api/search.ts';
import { setupIntentRoutes } from './api/setup-intents.ts';
import { stripeCliRoutes } from './api/stripe-cli.ts';
import { subscriptionItemRoutes } from './api/subscription-items.ts';
import { subscriptionRoutes } from './api/subscriptions.ts';
import { webhookEndpointRoutes } from './api/webhook-endpoints.ts';
import { testClockRoutes } from './api/test-clocks.ts';
import { dueMoment } from './billing/due.ts';
import { createClock, realSeconds } from './clock.ts';
import { controlRouter } from './control.ts';
import { createOutbox, type Outbox } from './deliver/outbox.ts';
import { CLI_SESSION_KIND } from './deliver/receivers.ts';
import { pagesRouter } from './pages/index.ts';
import { createWorld, type SandboxWorld } from './sandbox-world.ts';
import { openStore } from './store.ts';
import { createSwitches, readSwitches } from './switches.ts';
import { createTimekeeper, type Timekeeper } from './timekeeper.ts';
import { pruneAnswers } from './wire/idempotency.ts';
import { tellRequests } from './wire/request-logs.ts';
import { apiRouter } from './wire/serve.ts';

export interface SandboxOptions {
  /** Its upgrades are answered too: the Stripe CLI listens by WebSocket. */
  server: Server;
  baseUrl: string;
  /** The state file; without one the state lives in memory. */
  file?: string | undefined;
  /** A fresh sandbox has one default portal configuration, unless this is false. */
  defaultPortal: boolean;
  /** Switches to set; what was set before stays. */
  switches?: Record<string, unknown> | undefined;
}

export interface Sandbox {
  app: Express;
  world: SandboxWorld;
  close(): Promise<void>;
}

/** Opens the state and builds the app; throws an Error that names the switch or the state file that it cannot use. */
export function createSandbox(options: SandboxOptions): Sandbox {
  const given = readSwitches(options.switches ?? {});
  const store = openStore(options.file, dueMoment);
  const clock = createClock(store);
  const switches = createSwitches(store);
  switches.set(given);
  const outbox = createOutbox({ store, clock, switches, server: options.server });
  const world = createWorld({ store, clock, switches, outbox, baseUrl: options.baseUrl });
  pruneAnswers(store, realSeconds());
  prepareAccount(world, options.defaultPortal);
  const timekeeper = createTimekeeper(world);
  return {
    app: createApp(world, outbox, timekeeper, () => reset(world, options.defaultPortal)),
    world,
    async close() {
      await timekeeper.close();
      await outbox.close();
      store.close();
    },
  };
}

function createApp(world: SandboxWorld, outbox: Outbox, timekeeper: Timekeeper, resetState: () => void): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use('/_sandbox', controlRouter(world, timekeeper, resetState));
  app.use(pagesRouter(world));
  app.use(tellRequests(outbox.cli));
  app.use(apiRouter(world, [...apiRoutes, ...eventRoutes(outbox), ...stripeCliRoutes(outbox.cli), ...testClockRoutes(timekeeper.wake)]));
  return app;
}

/** A search comes before the ids that it looks like. */
export const apiRoutes = [
  ...searchRoutes,
  ...accountRoutes,
  ...balanceTransactionRoutes,
  ...chargeRoutes,
  ...checkoutSessionRoutes,
  ...customerRoutes,
  ...invoiceItemRoutes,
  ...invoicePaymentRoutes,
  ...invoiceRoutes,
  ...paymentIntentRoutes,
  ...paymentMethodRoutes,
  ...paymentPageRoutes,
  ...planRoutes,
  ...portalConfigurationRoutes,
  ...portalSessionRoutes,
  ...priceRoutes,
  ...productRoutes,
  ...refundRoutes,
  ...setupIntentRoutes,
  ...subscriptionItemRoutes,
  ...subscriptionRoutes,
  ...webhookEndpointRoutes,
];

const PREPARED_SETTING = 'account.prepared';

/** What a new account has. Done once: who deletes or changes it later finds it so. */
function prepareAccount(world: SandboxWorld, defaultPortal: boolean): void {
  if (world.store.setting(PREPARED_SETTING) !== undefined) return;
  world.store.transaction(() => {
    if (defaultPortal) createDefaultConfiguration(world);
    world.store.setSetting(PREPARED_SETTING, 'yes');
  });
}

/** Everything that the API made goes; those who listen go on listening, with the secrets that they know. */
function reset(world: SandboxWorld, defaultPortal: boolean): void {
  world.store.transaction(() => {
    world.store.clear(['webhook_endpoint', CLI_SESSION_KIND]);
    world.clock.setOffset(0);
    world.switches.reset();
    if (defaultPortal) createDefaultConfiguration(world);
  });
}
