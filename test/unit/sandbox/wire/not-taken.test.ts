/** What each route takes, held against the types of the real SDK: nothing that Stripe does not know, and a table of the rest. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseForm } from '../../../../sandbox/wire/form.ts';
import { refuseNotTaken } from '../../../../sandbox/wire/not-taken.ts';
import { takenNames } from '../../../../sandbox/wire/params.ts';
import type { Route } from '../../../../sandbox/wire/route.ts';
import { ROOT } from '../../../support/folders.ts';
import { ROUTES, routeName } from '../../../support/sandbox-routes.ts';
import { sdkParameters } from '../../../support/sdk-parameters.ts';
import { refusalOf } from '../billing/billing-world.ts';

const READING_TYPES_MS = 120_000;
const TABLE = join(ROOT, 'sandbox/wire/not-taken-table.ts');
const LINE_LENGTH = 128;

/** No call of the SDK makes these. */
const OUTSIDE_THE_SDK = [/^(GET|POST) \/v1\/payment_pages\//, /^POST \/v1\/stripecli\//, /^POST \/v1\/events\/:id\/retry$/];

/** What the sandbox takes although the SDK's types have it no more, or leave it to Stripe.js. */
const BEYOND_THE_TYPES = [/^payment_method_types$/, /^payment_method_data\[card\]/];

const sdkName = (route: Route): string => routeName(route).replaceAll(/:\w+/g, ':');

describe('the parameters of the routes', { timeout: READING_TYPES_MS }, () => {
  const wanted = new Set(ROUTES.map(sdkName));
  const sdk = sdkParameters((route) => wanted.has(route));
  const known = ROUTES.filter((route) => !OUTSIDE_THE_SDK.some((outside) => outside.test(routeName(route))));

  test('every route is a call of the SDK', () => {
    expect(known.map(sdkName).filter((name) => !sdk.has(name))).toEqual([]);
  });

  test.each(known.map((route) => [routeName(route), route] as const))('%s takes nothing that Stripe does not', (_name, route) => {
    const names = sdk.get(sdkName(route)) ?? new Set();
    const strangers = takenNames(route.spec).filter((name) => !names.has(name));
    expect(strangers.filter((name) => !BEYOND_THE_TYPES.some((beyond) => beyond.test(name)))).toEqual([]);
  });

  /** `npx vitest run <this file> --update=all` writes the table anew. */
  test('what is not taken stands in a table', async () => {
    const rows = known.map((route) => [routeName(route), notTaken(route, sdk.get(sdkName(route)) ?? new Set())] as const);
    await expect(tableOf(rows.filter(([, names]) => names.length > 0))).toMatchFileSnapshot(TABLE);
  });
});

/** Of a whole branch that is not taken only the root. */
function notTaken({ spec }: Route, sdkNames: ReadonlySet<string>): string[] {
  const taken = new Set(takenNames(spec));
  const missing = [...sdkNames].filter((name) => !taken.has(name));
  return missing.filter((name) => !missing.some((other) => name.startsWith(`${other}[`))).toSorted();
}

function tableOf(rows: readonly (readonly [string, string[]])[]): string {
  const entries = rows.map(([route, names]) => `  '${route}': \`\n${wrapped(names)}\`,\n`);
  const purpose = '/** By route what Stripe takes and the sandbox does not; written by test/unit/sandbox/wire/not-taken.test.ts. */';
  return `${purpose}\nexport const NOT_TAKEN: Readonly<Record<string, string>> = {\n${entries.join('')}};\n`;
}

function wrapped(names: readonly string[]): string {
  const lines = names.reduce<string[]>((done, name) => {
    const last = done.at(-1);
    if (last === undefined || last.length + name.length + 1 > LINE_LENGTH) return [...done, `    ${name}`];
    return [...done.slice(0, -1), `${last} ${name}`];
  }, []);
  return lines.join('\n');
}

describe('a parameter that is not taken', () => {
  const refused = (route: string, form: string) => {
    const [method = '', path = ''] = route.split(' ');
    return refusalOf(() => refuseNotTaken({ method, path, spec: {} }, parseForm(form))).body;
  };

  test.each([
    ['POST /v1/payment_methods', 'sepa_debit[iban]=AT61', 'sepa_debit', 'sepa_debit'],
    ['POST /v1/subscriptions', 'items[0][current_trial][trial_end]=1', 'items[current_trial]', 'items[0][current_trial]'],
    ['POST /v1/subscriptions', 'items[][current_trial][trial_end]=1', 'items[current_trial]', 'items[0][current_trial]'],
  ])('%s %s is refused by name', (route, form, name, param) => {
    expect(refused(route, form)).toMatchObject({
      code: 'parameter_unknown',
      message: `The sandbox does not take ${name} yet: leave it out.`,
      param,
    });
  });

  test.each([
    ['POST /v1/subscriptions', 'automatic_tax[enabled]=true', 'automatic_tax'],
    ['POST /v1/subscriptions', 'items[0][discounts][]=x', 'items[0][discounts]'],
  ])('%s %s is not to be left out lightly', (route, form, param) => {
    const { message, param: told } = refused(route, form);
    expect(told).toBe(param);
    expect(message).toMatch(/yet\. It changes amounts at Stripe/);
    expect(message).not.toContain('leave it out');
  });
});
