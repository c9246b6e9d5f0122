/** The action for GitHub: its shape by GitHub's schema, and its commands run as a runner runs them. */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { validateAction, validateWorkflow } from '@action-validator/core';
import { describe, expect } from 'vitest';
import { parse } from 'yaml';
import { createStripe } from '../../../core/stripe.ts';
import { ROOT } from '../../support/folders.ts';
import { CHALLENGE_ID, KEY, test, type Home } from './house.ts';

interface Step {
  id?: string;
  run?: string;
  env?: Record<string, string>;
}

interface Action {
  inputs: Record<string, { default?: string; required?: boolean }>;
  runs: { steps: Step[] };
}

const TEXT = readFileSync(join(ROOT, 'action.yml'), 'utf8');
const ACTION = parse(TEXT) as Action;

const run = promisify(execFile);

interface Ran {
  code: number;
  stdout: string;
  stderr: string;
  outputs: string;
  summary: string;
}

/** Runs the step as GitHub's runner does: https://docs.github.com/actions/reference/workflow-syntax-for-github-actions#defaultsrunshell */
async function runStep(home: Home, given: Record<string, string>): Promise<Ran> {
  const step = ACTION.runs.steps.find(({ id }) => id === 'provision')!;
  const [script, output, summary] = ['step.sh', 'output', 'summary'].map((name) => join(home.folder, name)) as [string, string, string];
  writeFileSync(script, step.run!);
  for (const file of [output, summary]) writeFileSync(file, '');
  const env = {
    ...Object.fromEntries(Object.entries(step.env!).map(([name, text]) => [name, filledIn(text, given)])),
    PATH: process.env.PATH!,
    HOME: home.folder,
    GITHUB_ACTIONS: 'true',
    CI: 'true',
    GITHUB_OUTPUT: output,
    GITHUB_STEP_SUMMARY: summary,
  };
  const ended = await run('bash', ['--noprofile', '--norc', '-eo', 'pipefail', script], { cwd: home.folder, env }).then(
    (streams) => ({ code: 0, ...streams }),
    (error: Ran) => ({ code: error.code, stdout: error.stdout, stderr: error.stderr }),
  );
  return { ...ended, outputs: readFileSync(output, 'utf8'), summary: readFileSync(summary, 'utf8') };
}

function filledIn(text: string, given: Record<string, string>): string {
  return text.replaceAll(/\$\{\{ (?:inputs\.([\w-]+)|github\.action_path) \}\}/g, (_, input?: string) => (input === undefined ? ROOT.replace(/\/$/, '') : (given[input] ?? ACTION.inputs[input]!.default ?? '')));
}

describe('the action', () => {
  test('is one by GitHub’s schema', () => {
    expect(validateAction(TEXT).errors).toEqual([]);
    expect(validateAction(TEXT.replace('using: composite', 'using: nothing')).errors, 'which refuses what is none').not.toEqual([]);
  });

  test('every input is used, and none that it does not have', () => {
    const used = [...TEXT.matchAll(/inputs\.([\w-]+)/g)].map(([, name]) => name);
    expect(used.toSorted()).toEqual(Object.keys(ACTION.inputs).sort());
  });

  test('shows a pull request what differs, makes it so, and then there is nothing to do', async ({ home, sandbox }) => {
    const given = { 'stripe-secret-key': KEY, 'challenge-id': CHALLENGE_ID, 'stripe-api-base': sandbox.url };
    const shown = await runStep(home, { ...given, diff: 'true' });
    expect(shown).toMatchObject({ code: 0, outputs: 'changes=true\n' });
    expect(shown.stderr).toMatch(/^account \/dev\/chat \(acct_\w+\), test mode\n/);
    expect(shown.stderr).toContain('::warning title=devchat::3 to create.\n');
    expect(shown.summary).toContain('### devchat provision: 3 to create\n');
    expect(shown.summary).toContain('| create | product <code>command-line-stories</code> | <code>active</code> | (none) | <code>true</code> |\n');

    expect(await runStep(home, given)).toMatchObject({ code: 0, outputs: 'changes=true\n', summary: expect.stringContaining('provision: 3 created\n') as string });
    expect(await runStep(home, given)).toMatchObject({ code: 0, outputs: 'changes=false\n', summary: expect.stringContaining('Nothing to do: product, price and portal configuration match\n') as string });

    const stripe = createStripe({ stripeSecretKey: KEY, stripeApiBase: sandbox.url });
    const [ours] = (await stripe.billingPortal.configurations.list()).data;
    await stripe.billingPortal.configurations.update(ours!.id, { business_profile: { headline: 'Pipes | <b>and</b> `ticks`\nmore' } });
    const drifted = await runStep(home, { ...given, part: 'portal', diff: 'true' });
    expect(drifted.summary).toContain(
      `| change | portal configuration <code>${ours!.id.replace('_', '&#95;')}</code> | <code>business&#95;profile.headline</code> | <code>Pipes &#124; &lt;b&gt;and&lt;/b&gt; &#96;ticks&#96; more</code> | <code>/dev/chat</code> |\n`,
    );
  });

  test('fails the step with an annotation, and shows no key', async ({ home }) => {
    const refused = await runStep(home, { 'stripe-secret-key': 'sk_live_canary1234567890', 'challenge-id': CHALLENGE_ID });
    expect(refused).toMatchObject({ code: 1, outputs: '', summary: '' });
    expect(refused.stderr).toContain('::error title=devchat::the Stripe key is a live key, and live mode was not asked for; use a test key (sk_test_…), or say --live\n');
    expect(JSON.stringify(refused)).not.toContain('canary');
  });
});

describe('the recipes in the README', () => {
  const recipes = [...readFileSync(join(ROOT, 'README.md'), 'utf8').matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text!);

  test('are workflows by GitHub’s schema, and give the action only inputs that it has', () => {
    expect(recipes.length).toBeGreaterThan(0);
    for (const recipe of recipes) {
      expect(validateWorkflow(recipe).errors, recipe).toEqual([]);
      const { jobs } = parse(recipe) as { jobs: Record<string, { steps: Array<{ uses?: string; with?: object }> }> };
      const ours = Object.values(jobs).flatMap(({ steps }) => steps).filter(({ uses }) => uses?.includes('devchat'));
      expect(ours, recipe).not.toEqual([]);
      for (const step of ours) {
        const required = Object.entries(ACTION.inputs).filter(([, input]) => input.required).map(([name]) => name);
        expect(Object.keys(ACTION.inputs)).toEqual(expect.arrayContaining(Object.keys(step.with!)));
        expect(Object.keys(step.with!)).toEqual(expect.arrayContaining(required));
      }
    }
  });
});
