/** The errors of Stripe's API word for word, and the headers of every kind of answer, as plain HTTP shows them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSandbox, type SandboxUnderTest } from './running-sandbox.ts';

/** One thing of every kind that the calls below speak of. */
interface Things {
  customer: string;
  price: string;
  inactive: string;
}

let sandbox: SandboxUnderTest;
let things: Things;
beforeAll(async () => {
  sandbox = await openSandbox({ defaultPortal: false });
  const { customers, prices, products } = sandbox.stripe;
  const product = await products.create({ name: 'Pair Coding' });
  const monthly = { product: product.id, currency: 'usd', unit_amount: 6000, recurring: { interval: 'month' } } as const;
  things = {
    customer: (await customers.create({ email: 'ada@example.com' })).id,
    price: (await prices.create({ ...monthly, lookup_key: 'taken' })).id,
    inactive: (await prices.create({ ...monthly, active: false })).id,
  };
});
afterAll(() => sandbox.close());

interface Call {
  path: string;
  /** A POST with this form; without one a GET. */
  form?: string;
  headers?: Record<string, string>;
  /** What the sandbox is told to do instead of answering. */
  fault?: string;
  /** The same key was used with another form before. */
  usedBefore?: string;
}

interface ExpectedError {
  status: number;
  type: string;
  code?: string;
  param?: string;
  message: string | RegExp;
  [detail: string]: unknown;
}

/** Filled in by the names of `Things`. */
const filled = (text: string): string => text.replaceAll(/\{(\w+)\}/g, (_, name: keyof Things) => things[name]);

async function answerTo({ path, form, headers = {}, fault, usedBefore }: Call): Promise<Response> {
  const url = filled(path);
  if (usedBefore !== undefined) await answerTo({ path, form: usedBefore, headers });
  if (fault !== undefined) {
    const body = JSON.stringify({ on: `* ${url}`, answer: fault });
    await sandbox.call('/_sandbox/faults', { method: 'POST', body, headers: { 'Content-Type': 'application/json' } });
  }
  return sandbox.call(url, form === undefined ? { headers } : { method: 'POST', body: new URLSearchParams(filled(form)), headers });
}

const ITEM = 'items[0][price]={price}';
const MISSING = { type: 'invalid_request_error', code: 'resource_missing' };
const NO_WAY_TO_PAY =
  'This customer has no attached payment source or default payment method. Please consider adding a default payment method. ' +
  'For more information, visit https://stripe.com/docs/billing/subscriptions/payment-methods-setting#payment-method-priority.';
const NO_DEFAULT_PORTAL =
  'No configuration provided and your test mode default configuration has not been created. Provide a configuration or create your ' +
  'default by saving your customer portal settings in test mode at https://dashboard.stripe.com/test/settings/billing/portal.';
const OTHER_PARAMETERS =
  'Keys for idempotent requests can only be used with the same parameters they were first used with. ' +
  "Try using a key other than 'same' if you meant to execute a different request.";
const DECLINED = {
  type: 'card_error',
  code: 'card_declined',
  decline_code: 'generic_decline',
  advice_code: 'try_again_later',
  network_decline_code: '01',
  param: '',
  message: 'Your card was declined.',
};

const TABLE: Record<string, [Call, ExpectedError]> = {
  'an id in the path that is none': [{ path: '/v1/customers/cus_gone' }, { status: 404, ...MISSING, param: 'id', message: "No such customer: 'cus_gone'" }],
  'a POST to an id that is none': [{ path: '/v1/prices/price_gone', form: 'nickname=a' }, { status: 404, ...MISSING, param: 'id', message: "No such price: 'price_gone'" }],
  'a parameter that names what is not there': [
    { path: '/v1/subscriptions', form: 'customer=cus_gone&items[0][price]={price}' },
    { status: 400, ...MISSING, param: 'customer', message: "No such customer: 'cus_gone'" },
  ],
  'a nested parameter that names what is not there': [
    { path: '/v1/subscriptions', form: 'customer={customer}&items[0][price]=invalid' },
    { status: 400, ...MISSING, param: 'items[0][price]', message: "No such price: 'invalid'" },
  ],
  'a wrong key': [
    { path: '/v1/customers', headers: { Authorization: 'Bearer sk_test_wrong-0123456789abcd' } },
    { status: 401, type: 'invalid_request_error', message: /^Invalid API Key provided: sk_test_\*+abcd$/ },
  ],
  'an unknown parameter': [
    { path: '/v1/customers', form: 'nonsense=1' },
    { status: 400, type: 'invalid_request_error', code: 'parameter_unknown', param: 'nonsense', message: 'Received unknown parameter: nonsense' },
  ],
  'an unknown parameter in a hash': [
    { path: '/v1/customers', form: 'address[planet]=earth' },
    { status: 400, type: 'invalid_request_error', code: 'parameter_unknown', param: 'address[planet]', message: 'Received unknown parameter: address[planet]' },
  ],
  'an unknown parameter of a GET': [
    { path: '/v1/customers?nonsense=1' },
    { status: 400, type: 'invalid_request_error', code: 'parameter_unknown', param: 'nonsense', message: 'Received unknown parameter: nonsense' },
  ],
  'a missing parameter': [
    { path: '/v1/subscriptions', form: ITEM },
    { status: 400, type: 'invalid_request_error', code: 'parameter_missing', param: 'customer', message: 'Missing required param: customer.' },
  ],
  'plan changes in a portal without products': [
    { path: '/v1/billing_portal/configurations', form: 'features[subscription_update][enabled]=true&features[subscription_update][default_allowed_updates][0]=price' },
    {
      status: 400,
      type: 'invalid_request_error',
      code: 'parameter_missing',
      param: 'features[subscription_update][products]',
      message: 'Missing required param: features[subscription_update][products]',
    },
  ],
  'an integer that is too small': [
    { path: '/v1/customers?limit=0' },
    { status: 400, type: 'invalid_request_error', code: 'parameter_invalid_integer', param: 'limit', message: 'This value must be greater than or equal to 1.' },
  ],
  'an inactive price': [
    { path: '/v1/subscriptions', form: 'customer={customer}&items[0][price]={inactive}' },
    { status: 400, type: 'invalid_request_error', param: 'items[0][price]', message: 'The price specified is inactive. This field only accepts active prices.' },
  ],
  'a subscription of nobody who could pay': [
    { path: '/v1/subscriptions', form: `customer={customer}&${ITEM}` },
    { status: 400, ...MISSING, message: NO_WAY_TO_PAY },
  ],
  'a declined card': [
    { path: '/v1/payment_intents', form: 'amount=1000&currency=usd&confirm=true&payment_method=pm_card_visa_chargeDeclined' },
    { status: 402, ...DECLINED },
  ],
  'a card that cannot be attached': [
    { path: '/v1/payment_methods/pm_card_visa_chargeDeclined/attach', form: 'customer={customer}' },
    { status: 402, ...DECLINED },
  ],
  'a portal without any configuration': [
    { path: '/v1/billing_portal/sessions', form: 'customer={customer}' },
    { status: 400, type: 'invalid_request_error', message: NO_DEFAULT_PORTAL },
  ],
  'a key with other parameters': [
    { path: '/v1/customers', form: 'email=b@example.com', usedBefore: 'email=a@example.com', headers: { 'Idempotency-Key': 'same' } },
    { status: 400, type: 'idempotency_error', message: OTHER_PARAMETERS },
  ],
  'a lock': [
    { path: '/v1/customers', form: '', fault: 'lock_timeout' },
    { status: 429, type: 'invalid_request_error', code: 'lock_timeout', message: /^This object cannot be accessed right now because another API request or Stripe process is currently accessing it\./ },
  ],
  'too many calls': [
    { path: '/v1/customers', form: '', fault: 'rate_limit' },
    { status: 429, type: 'invalid_request_error', code: 'rate_limit', message: /^Request rate limit exceeded\./ },
  ],
  'a lookup key that another price has': [
    { path: '/v1/prices', form: 'currency=usd&unit_amount=1&product_data[name]=Other&lookup_key=taken' },
    { status: 400, type: 'invalid_request_error', param: 'lookup_key', message: /^A price \(`price_\w+`\) already uses that lookup key\.$/ },
  ],
};

describe('an error', () => {
  test.each(Object.entries(TABLE))('%s', async (_case, [call, { status, message, ...expected }]) => {
    const response = await answerTo(call);
    const { error } = (await response.json()) as { error: Record<string, unknown> };
    expect(response.status).toBe(status);
    expect(error.message).toEqual(typeof message === 'string' ? message : expect.stringMatching(message));
    const requestId = response.headers.get('request-id');
    const { message: _message, doc_url, request_log_url, payment_intent, payment_method, charge, ...rest } = error;
    expect(rest).toEqual(expected);
    expect(doc_url).toBe(expected.code && `https://stripe.com/docs/error-codes/${expected.code.replaceAll('_', '-')}`);
    const log = status === 401 ? undefined : (expect.stringMatching(new RegExp(`^https://dashboard\\.stripe\\.com/acct_\\w+/test/workbench/logs\\?object=${requestId}$`)) as string);
    expect(request_log_url).toEqual(log);
    if (status !== 402) expect([payment_intent, payment_method, charge]).toEqual([undefined, undefined, undefined]);
  });
});

const ALWAYS = {
  'request-id': /^req_\w{14}$/,
  'stripe-version': '2026-10-28.endive',
  'cache-control': 'no-cache, no-store',
  vary: 'Origin',
  'access-control-allow-origin': '*',
  'x-stripe-routing-context-priority-tier': 'api-testmode',
  'content-type': /^application\/json/,
  'www-authenticate': null,
};
const OF_A_KEY = { 'idempotency-key': /./, 'original-request': /^req_\w{14}$/ };
const WITHOUT_KEY = { 'idempotency-key': null, 'original-request': null };
const POST = { 'Idempotency-Key': 'of-this-call' };

const HEADERS: Record<string, [Call, number, Record<string, string | RegExp | null>]> = {
  'a POST': [{ path: '/v1/customers', form: '', headers: { 'Idempotency-Key': 'h1' } }, 200, { ...ALWAYS, ...OF_A_KEY, 'stripe-should-retry': 'false' }],
  'a GET': [{ path: '/v1/customers', headers: POST }, 200, { ...ALWAYS, ...WITHOUT_KEY, 'stripe-should-retry': null }],
  'a GET of nothing': [{ path: '/v1/customers/cus_gone' }, 404, { ...ALWAYS, ...WITHOUT_KEY, 'stripe-should-retry': null }],
  'a POST to nothing': [{ path: '/v1/customers/cus_gone', form: '', headers: { 'Idempotency-Key': 'h2' } }, 404, { ...ALWAYS, ...OF_A_KEY, 'stripe-should-retry': null }],
  'an unknown route': [{ path: '/v1/coupons' }, 404, { ...ALWAYS, ...WITHOUT_KEY, 'stripe-should-retry': null }],
  'a refused POST': [{ path: '/v1/customers', form: 'payment_method=pm_gone', headers: { 'Idempotency-Key': 'h3' } }, 400, { ...ALWAYS, ...OF_A_KEY }],
  'a refused GET': [{ path: '/v1/customers?limit=0' }, 400, { ...ALWAYS, ...WITHOUT_KEY, 'stripe-should-retry': null }],
  'a declined POST': [
    { path: '/v1/payment_intents', form: 'amount=100&currency=usd&confirm=true&payment_method=pm_card_chargeDeclined', headers: { 'Idempotency-Key': 'h4' } },
    402,
    { ...ALWAYS, ...OF_A_KEY, 'stripe-should-retry': 'false' },
  ],
  'a wrong key': [
    { path: '/v1/customers', form: '', headers: { ...POST, Authorization: 'Bearer nonsense' } },
    401,
    { ...WITHOUT_KEY, 'request-id': null, 'stripe-version': null, 'stripe-should-retry': null, 'www-authenticate': 'Bearer realm="Stripe"', 'content-type': /^application\/json/ },
  ],
  'a rate limit': [
    { path: '/v1/customers', form: '', fault: 'rate_limit' },
    429,
    { ...ALWAYS, 'stripe-rate-limited-reason': 'global-rate', 'stripe-should-retry': null, 'retry-after': null },
  ],
  'a lock': [{ path: '/v1/customers', form: '', fault: 'lock_timeout' }, 429, { ...ALWAYS, 'stripe-rate-limited-reason': null, 'stripe-should-retry': 'true' }],
};

describe('the headers of', () => {
  test.each(Object.entries(HEADERS))('%s', async (_case, [call, status, expected]) => {
    const response = await answerTo(call);
    expect(response.status).toBe(status);
    for (const [name, value] of Object.entries(expected)) {
      const found = response.headers.get(name);
      if (value instanceof RegExp) expect(found, name).toMatch(value);
      else expect(found, name).toBe(value);
    }
  });
});
