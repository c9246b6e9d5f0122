import express, { type Express } from 'express';
import request from 'supertest';
import { expect, test } from 'vitest';
import { pagesRouter } from '../../../../sandbox/pages/index.ts';
import { latestInvoice, openBillingWorld, subscribe } from '../billing/billing-world.ts';

const DAY = 86_400;

function serve(): { app: Express; world: ReturnType<typeof openBillingWorld> } {
  const world = openBillingWorld();
  return { world, app: express().use(pagesRouter(world)) };
}

test('pages run only their own code, in no frame, and stay out of caches and referrers', async () => {
  const { app } = serve();
  const { status, headers } = await request(app).get('/p/session/test_nobody');
  expect(status).toBe(404);
  expect(headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'same-origin', 'x-content-type-options': 'nosniff' });
  expect(headers['content-security-policy']).toContain("default-src 'none'");
  expect(headers['content-security-policy']).not.toContain('unsafe');
});

test.each([
  ['/pages/pages.css', 'text/css; charset=utf-8'],
  ['/pages/forms.js', 'text/javascript; charset=utf-8'],
  ['/pages/icon.svg', 'image/svg+xml'],
  ['/pages/chevron.svg', 'image/svg+xml'],
])('%s is served as %s', async (path, type) => {
  const { status, headers } = await request(serve().app).get(path);
  expect([status, headers['content-type']]).toEqual([200, type]);
});

test('other paths are left to the next router', async () => {
  const { app } = serve();
  app.use((_, response) => void response.status(418).end());
  for (const path of ['/v1/customers', '/c/other', '/p']) expect((await request(app).get(path)).status).toBe(418);
});

test('a link to the portal that was left too long says so', async () => {
  const { app, world } = serve();
  const session = { id: 'bps_1', object: 'billing_portal.session', _token: 'test_old', _visited: false, _last_used: world.now() - DAY };
  world.store.insert(session);
  const { status, text } = await request(app).get('/p/session/test_old');
  expect([status, text]).toEqual([410, expect.stringContaining('This link has expired')]);
});

test('a form that is too long is refused', async () => {
  const { app } = serve();
  const { status, text } = await request(app).post('/c/pay/cs_test_1').send(`email=${'a'.repeat(30_000)}`);
  expect([status, text]).toEqual([413, expect.stringContaining('That did not work')]);
});

test('an invoice cannot be paid twice', async () => {
  const { app, world } = serve();
  const invoice = latestInvoice(world, subscribe(world).id);
  world.toldTypes();
  const { status, headers } = await request(app).post(`/i/${invoice.id}`).send('method=saved');
  expect([status, headers.location]).toEqual([303, `/i/${invoice.id}`]);
  expect(world.toldTypes()).toEqual([]);
});
