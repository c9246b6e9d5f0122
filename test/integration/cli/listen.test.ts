/** `devchat listen`: the official Stripe CLI between the sandbox and a daemon, and programs that only look like it. */
import { chmodSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Stripe from 'stripe';
import { describe, expect } from 'vitest';
import { INSTALL_COMMAND } from '../../../cli/stripe-cli/program.ts';
import { writeFiles } from '../../support/folders.ts';
import { findStripeCli } from '../../support/stripe-cli.ts';
import { waitFor } from '../../support/wait-for.ts';
import { KEY, test, type Home } from './house.ts';
import { stripeClisTowards } from './stripe-cli-children.ts';

const STORY_LIMIT_MS = 60_000;
const SECRET = 'whsec_canary_of_the_program';

const EMPTY_PATH = '/nowhere';

describe.skipIf(findStripeCli() === undefined)('the official Stripe CLI', { timeout: STORY_LIMIT_MS }, () => {
  test('hands its secret to a daemon that runs, forwards, shows no key, and ends with us', async ({ home, env, sandbox }) => {
    const serve = home.start(['serve', '--port', '0'], env);
    const [daemon] = await serve.printed(/http:\/\/127\.0\.0\.1:\d+/);
    const { host, port } = new URL(daemon);
    const listen = home.start(['listen', '--port', port], env);
    await listen.printed(/Ready!/);

    expect(home.settings().webhookSecrets).toEqual({ [`stripe-cli@${new URL(sandbox.url).host}`]: expect.stringMatching(/^whsec_/) as string });
    expect(statSync(home.settingsFile).mode & 0o777).toBe(0o600);
    const [cli] = stripeClisTowards(host);
    expect(cli?.commandLine).toContain('--all-snapshot');
    expect(cli?.commandLine).not.toContain(KEY);

    const customer = await new Stripe(KEY, { host: '127.0.0.1', port: sandbox.port, protocol: 'http' }).customers.create();
    const event = await waitFor('the event in the journal', () => home.withCache(async (cache) => (await cache.events({ limit: 10 })).find((each) => each.customer === customer.id)));
    expect(event).toMatchObject({ type: 'customer.created', source: 'webhook' });

    const { code, stdout, stderr } = await listen.stop();
    expect(code).toBe(0);
    expect(stdout + stderr).not.toMatch(/whsec_\w*[a-z0-9]/i);
    await waitFor('no Stripe CLI', () => stripeClisTowards(host).length === 0);
  });

  test('refuses the key in its own words', async ({ home, env }) => {
    const { code, stderr } = await home.run(['listen'], { ...env, STRIPE_SECRET_KEY: 'sk_test_x' });
    expect(code).toBe(4);
    expect(stderr).toMatch(/^error the Stripe CLI refused the key/);
  });

  test('that is killed ends listen with 1', async ({ home, env }) => {
    const listen = home.start(['listen', '--port', '4999'], env);
    await listen.printed(/Ready!/);
    for (const { pid } of stripeClisTowards('127.0.0.1:4999')) process.kill(pid, 'SIGKILL');
    await listen.printed(/error the Stripe CLI ended \(SIGKILL\): events no longer reach the daemon/);
    expect(await listen.ended()).toMatchObject({ code: 1 });
  });
});

test('a missing program: the command that installs it', async ({ home, env }) => {
  const { code, stderr } = await home.withoutStripeCli().run(['listen'], { ...env, PATH: EMPTY_PATH });
  expect({ code, stderr }).toEqual({ code: 3, stderr: `error the official Stripe CLI is not installed\n      run: ${INSTALL_COMMAND}\n` });
});

describe('a program on PATH that', () => {
  test('knows no --all-snapshot is not given it, nor the key among its arguments', async ({ home, env }) => {
    const listen = home.start(['listen', '--port', '4999'], { ...env, PATH: stripeThat('exec sleep 600', home) });
    await listen.printed(/Ready!/);
    expect(calls(home)).toEqual([
      `listen --skip-update --api-base ${env.STRIPE_API_BASE} --print-secret`,
      'listen --help',
      `listen --skip-update --api-base ${env.STRIPE_API_BASE} --forward-to 127.0.0.1:4999/webhook`,
    ]);
    expect(Object.values(home.settings().webhookSecrets ?? {})).toEqual([SECRET]);
    const { code, stdout, stderr } = await listen.stop();
    expect({ code, shown: (stdout + stderr).includes(SECRET) }).toEqual({ code: 0, shown: false });
  });

  test.for([
    ['0.0.0.0', '127.0.0.1:4999'],
    ['::1', '[::1]:4999'],
  ] as const)('forwards to a daemon on %s at %s', async ([host, address], { home, env }) => {
    const listen = home.start(['listen', '--host', host, '--port', '4999'], { ...env, PATH: stripeThat('exec sleep 600', home) });
    await listen.printed(/Ready!/);
    expect(calls(home).at(-1)).toContain(`--forward-to ${address}/webhook`);
  });

  test('inherits no secret but the key that it needs', async ({ home, env }) => {
    const secrets = { STRIPE_WEBHOOK_SECRET: 'whsec_not_for_others', PGPASSWORD: 'not for others' };
    const listen = home.start(['listen', '--port', '4999'], { ...env, ...secrets, PATH: stripeThat(`env > "${home.folder}/inherited"; exec sleep 600`, home) });
    const inherited = await waitFor('its environment', () => readFileSync(join(home.folder, 'inherited'), 'utf8'));
    await listen.stop();
    expect(inherited).not.toMatch(/not.for.others|STRIPE_SECRET_KEY/);
    expect(inherited).toContain(`STRIPE_API_KEY=${KEY}`);
  });

  test('ends by itself ends listen with 1, and why', async ({ home, env }) => {
    const { code, stderr } = await home.run(['listen'], { ...env, PATH: stripeThat('exit 3', home) });
    expect(code).toBe(1);
    expect(stderr).toContain('error the Stripe CLI ended (exit code 3): events no longer reach the daemon\n      see what it said above; devchat listen starts it again\n');
  });

  test('is stopped before it is ready ends, too', async ({ home, env }) => {
    const listen = home.start(['listen', '--port', '4999'], { ...env, PATH: stripeThat('', home, 'echo starting; exec sleep 600') });
    await waitFor('the program', () => calls(home).length === 1);
    expect(await listen.stop()).toMatchObject({ code: 130, stdout: '', stderr: '' });
    await waitFor('no program left', () => !runs(home));
  });

  /** A `stripe` that prints its secret, or does something else then, and afterwards says that it is ready and does `then`. Resolves with a PATH. */
  function stripeThat(then: string, { folder }: Home, atPrintSecret = `echo ${SECRET}; exit 0`): string {
    const bin = join(folder, 'bin');
    writeFiles(bin, {
      stripe: `#!/bin/sh
echo "$@" >> "${folder}/calls"
echo $$ > "${folder}/pid"
case "$*" in
  *--help*) echo "--forward-to"; exit 0;;
  *--print-secret*) ${atPrintSecret};;
esac
echo "Ready! Your webhook signing secret is ${SECRET}"
${then}
`,
    });
    chmodSync(join(bin, 'stripe'), 0o755);
    return `${bin}:/usr/bin:/bin:${dirname(process.execPath)}`;
  }

  function calls({ folder }: Home): string[] {
    return readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n');
  }

  function runs({ folder }: Home): boolean {
    try {
      return process.kill(Number(readFileSync(join(folder, 'pid'), 'utf8')), 0);
    } catch {
      return false;
    }
  }
});
