/** Whoever has only the sandbox's page: what it says to run, runs. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freshFolder, ROOT, writeFiles } from '../../support/folders.ts';
import { openListener, openSandbox, type SandboxUnderTest } from './running-sandbox.ts';
import { waitFor } from '../../support/wait-for.ts';

const run = promisify(execFile);
const PAGE = readFileSync(join(ROOT, 'docs', 'sandbox.md'), 'utf8');

let sandbox: SandboxUnderTest;

beforeEach(async () => {
  sandbox = await openSandbox();
});
afterEach(() => sandbox.close());

/** The page's blocks of a language, pointed at the sandbox of this test. */
function blocks(language: string): string[] {
  const found = [...PAGE.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))].map(([, text]) => text!);
  return found.map((text) => text.replaceAll('12111', new URL(sandbox.url).port));
}

test('the program with the SDK prints what the page says', async () => {
  const folder = freshFolder();
  writeFiles(folder.path, { 'subscribe.mjs': blocks('js')[0]!.replace("'stripe'", `'${join(ROOT, 'node_modules', 'stripe', 'esm', 'stripe.esm.node.js')}'`) });
  const { stdout } = await run(process.execPath, [join(folder.path, 'subscribe.mjs')]);
  folder.remove();
  expect(stdout.trim()).toBe(/^prints `(\w+)`/m.exec(PAGE)![1]);
});

test('the calls without an SDK make a customer and an endpoint, and the endpoint hears of what comes after', async () => {
  const listener = await openListener();
  const calls = blocks('sh').filter((text) => text.startsWith('curl'));
  const answers: { id: string; object: string }[] = [];
  for (const call of calls.reverse()) {
    const { stdout } = await run('sh', ['-c', call.replace('http://127.0.0.1:3000/hooks', listener.url)]);
    answers.push(JSON.parse(stdout) as { id: string; object: string });
  }
  expect(answers.map(({ object }) => object)).toEqual(['webhook_endpoint', 'customer']);
  await waitFor('the endpoint to hear of the customer', () => listener.heard.some(({ body }) => body.includes(answers[1]!.id)));
  await listener.close();
});

test('the story from the trial to the cancellation shows what the page says', async () => {
  const story = blocks('sh').find((text) => text.startsWith('api()'))!;
  const { stdout } = await run('sh', ['-c', story], { cwd: ROOT });
  expect(stdout.trim().split('\n')).toEqual([...story.matchAll(/# (\w+)$/gm)].map(([, word]) => word));
});

test('another version is refused in the words of the page', async () => {
  const answer = await sandbox.call('/v1/customers', { headers: { 'Stripe-Version': '2024-06-20' } });
  expect(answer.status).toBe(400);
  const { error } = (await answer.json()) as { error: { message: string } };
  expect(PAGE).toContain(`\`${error.message}\``);
});

test('a route that is not there, and a parameter that is not taken, are named', async () => {
  const answer = await sandbox.call('/v1/quotes');
  expect(answer.status).toBe(404);
  expect(await answer.text()).toContain('GET: /v1/quotes');
  const refused = await sandbox.call('/v1/subscriptions', { method: 'POST', body: new URLSearchParams({ customer: 'cus_1', 'discounts[0][coupon]': 'half' }) });
  expect(refused.status).toBe(400);
  expect(await refused.text()).toContain('The sandbox does not take discounts');
});

test('every control on the page is there', async () => {
  const rows = [...PAGE.matchAll(/^\| (.*?)(\/_sandbox[\w/:]*)/gm)].map(([, methods, path]) => ({ methods: methods!.match(/[A-Z]+/g)!, path: path! }));
  expect(rows.map(({ path }) => path)).toContain('/_sandbox/faults');
  for (const { methods, path } of rows) {
    for (const method of methods) {
      const body = method === 'POST' ? '{}' : null;
      const answer = await sandbox.call(path, { method, body, headers: { 'Content-Type': 'application/json' } });
      expect(await answer.text(), `${method} ${path}`).not.toContain('The sandbox has no');
    }
  }
});
