import { afterEach, expect, test } from 'vitest';
import { createClock, realClock } from '../../../core/clock.ts';
import { startLocalServer, type LocalServer } from '../../support/local-server.ts';

let server: LocalServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

const secondsAhead = (clock: { now(): number }) => Math.round((clock.now() - Date.now()) / 1000);

test('without another address it is the real clock', async () => {
  expect(await createClock(undefined)).toBe(realClock);
  expect(secondsAhead(realClock)).toBe(0);
});

test('an address that is not on this machine is never asked for the time', async () => {
  expect(await createClock('https://api.example.com')).toBe(realClock);
});

test("it follows the sandbox's time, and keeps it when the sandbox stops", async () => {
  let offsetSeconds = 3600;
  server = await startLocalServer((_request, response) => response.end(JSON.stringify({ offsetSeconds })));
  const clock = await createClock(server.url);
  expect(secondsAhead(clock)).toBe(3600);
  offsetSeconds = 7200;
  expect(secondsAhead(clock)).toBe(3600);
  await clock.refresh();
  expect(secondsAhead(clock)).toBe(7200);
  await server.close();
  server = undefined;
  await clock.refresh();
  expect(secondsAhead(clock)).toBe(7200);
});

test.each([
  ['no JSON', '<html>'],
  ['no time', '{}'],
  ['a time that is no number', '{"offsetSeconds":"soon"}'],
])('where what listens there tells %s, it is real time', async (_what, body) => {
  server = await startLocalServer((_request, response) => response.end(body));
  expect(secondsAhead(await createClock(server.url))).toBe(0);
});
