/** A daemon outlives whoever read its log. */
import { expect } from 'vitest';
import { test } from './house.ts';

const LOGGED_REQUESTS = 5;

test('serve goes on when its standard error is closed', async ({ home, env }) => {
  const serve = home.start(['serve', '--port', '0'], env);
  const [url] = await serve.printed(/http:\/\/127\.0\.0\.1:\d+/);
  const knockWithoutSecret = () => fetch(`${url}/webhook`, { method: 'POST', body: '{}' });
  await knockWithoutSecret();
  await serve.printed(/request failed/);
  serve.closeStderr();
  for (let times = 0; times < LOGGED_REQUESTS; times += 1) expect((await knockWithoutSecret()).status).toBe(503);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  expect(await serve.stop()).toMatchObject({ code: 0 });
});
