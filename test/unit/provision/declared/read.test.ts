/** What devchat.config.json declares, and each way in which it is refused, letter by letter. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readDeclared } from '../../../../cli/provision/declared/read.ts';
import type { Declared } from '../../../../cli/provision/declared/schema.ts';
import { RELEVANT_TYPES } from '../../../../core/billing/apply-event.ts';
import { loadConfig } from '../../../../core/config.ts';
import type { BadInput } from '../../../../core/errors.ts';
import { freshFolder, writeFiles, type FreshFolder } from '../../../support/folders.ts';

let fresh: FreshFolder;

beforeEach(() => {
  fresh = freshFolder();
});

afterEach(() => fresh.remove());

function read(file?: unknown): Declared {
  const folder = fresh.path;
  if (file !== undefined) writeFiles(folder, { 'devchat.config.json': typeof file === 'string' ? file : JSON.stringify(file) });
  return readDeclared({ folder, config: () => loadConfig({ env: { DEVCHAT_CONFIG_DIR: folder, DEVCHAT_DATA_DIR: folder }, folder }) });
}

/** What is wrong, each as "line key what | fix". */
function refusalOf(file: unknown): string[] {
  try {
    read(file);
  } catch (error) {
    const { kind, problems } = error as BadInput;
    expect(kind).toBe('usage');
    return problems.map(({ message, hint }) => `${message.replace(/^devchat\.config\.json:/, '')} | ${hint}`);
  }
  throw new Error('it was accepted');
}

const feature = (name: string, settings: unknown) => ({ portal: { features: { [name]: settings } } });
const MONTHLY = { currency: 'usd', unit_amount: 6000, recurring: { interval: 'month' } };
const YEARLY = { currency: 'usd', unit_amount: 60000, recurring: { interval: 'year' } };

describe('what is declared', () => {
  it('is nothing where there is no file', () => {
    expect(read()).toEqual({});
  });

  it('is nothing where the file holds settings alone', () => {
    expect(read({ $schema: './docs/devchat.config.schema.json', port: 5000 })).toEqual({});
  });

  it('is what the file says, no more and no less', () => {
    const file = {
      portal: { name: 'pair', business_profile: { headline: null }, features: { customer_update: { enabled: true, allowed_updates: ['email'] } }, metadata: { team: 'finance', old: null } },
      product: { description: null, prices: [MONTHLY, YEARLY] },
      webhook: { enabled_events: ['*'] },
    };
    expect(read(file)).toEqual(file);
  });
});

describe('contradictions', () => {
  it('shows file, line and key, and the fix beside it', () => {
    const text = '{\n  "portal": {\n    "features": {\n      "subscription_cancel": {\n        "mode": "at_period_end",\n\n        "proration_behavior": "create_prorations"\n      }\n    }\n  }\n}\n';
    let thrown: unknown;
    try {
      read(text);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({
      kind: 'usage',
      message: 'devchat.config.json:7 portal.features.subscription_cancel.proration_behavior is create_prorations, which goes only with mode immediately',
      hint: 'set mode to immediately, or proration_behavior to none',
    });
  });

  it.each<[unknown, string[]]>([
    [feature('subscription_cancel', { proration_behavior: 'always_invoice' }), ['1 portal.features.subscription_cancel.proration_behavior is none of its choices | it may be create_prorations or none']],
    [feature('subscription_cancel', { cancellation_reason: { enabled: true } }), ['1 portal.features.subscription_cancel.cancellation_reason.enabled is true without options | add options, such as ["too_expensive", "other"], or set enabled to false']],
    [feature('subscription_cancel', { cancellation_reason: { enabled: true, options: [] } }), ['1 portal.features.subscription_cancel.cancellation_reason.enabled is true without options | add options, such as ["too_expensive", "other"], or set enabled to false']],
    [feature('customer_update', { enabled: true }), ['1 portal.features.customer_update.enabled is true without allowed_updates | add allowed_updates, such as ["email", "address"], or set enabled to false']],
    [feature('customer_update', { enabled: true, allowed_updates: null }), ['1 portal.features.customer_update.enabled is true without allowed_updates | add allowed_updates, such as ["email", "address"], or set enabled to false']],
    [feature('customer_update', { allowed_updates: ['email'] }), ['1 portal.features.customer_update is off unless enabled is declared | set enabled to true, or to false to keep it off']],
    [feature('subscription_update', { enabled: true }), ['1 portal.features.subscription_update.enabled is true without products | add products, such as [{"product": "prod_…", "prices": ["price_…"]}], or set enabled to false']],
    [feature('subscription_update', { enabled: true, products: [1, 2, 3].map(() => ({ product: 'prod_1', prices: ['price_1'] })) }), [
      '1 portal.features.subscription_update.products[1].product is the same as in products[0] | put all its prices into one entry',
      '1 portal.features.subscription_update.products[2].product is the same as in products[0] | put all its prices into one entry',
    ]],
    [feature('subscription_update', { enabled: true, products: [{ product: 'prod_1', prices: ['price_1', 'price_2', 'price_1'] }] }), ['1 portal.features.subscription_update.products[0].prices[2] is the same as prices[0] | leave one of the two out']],
    [feature('subscription_update', { enabled: true, products: Array.from({ length: 11 }, (_, index) => ({ product: `prod_${index}`, prices: ['price_1'] })) }), ['1 portal.features.subscription_update.products holds more than 10 | take some out']],
    [feature('subscription_update', { enabled: true, products: [{ product: 'prod_1', prices: ['price_1'], adjustable_quantity: { enabled: true, minimum: 3, maximum: 2 } }] }), ['1 portal.features.subscription_update.products[0].adjustable_quantity.maximum is below minimum | set it to minimum or more']],
    [feature('subscription_pause', { enabled: true, duration: { type: 'interval_options' } }), ['1 portal.features.subscription_pause.duration.type is interval_options, and there are none | add interval_options, such as [{"interval": "month"}], or set type to indefinite']],
    [feature('subscription_pause', { enabled: true, duration: { type: 'indefinite', interval_options: [{ interval: 'month' }] } }), ['1 portal.features.subscription_pause.duration.interval_options goes only with type interval_options | set type to interval_options, or leave interval_options out']],
    [feature('subscription_pause', { enabled: true, duration: { type: 'interval_options', interval_options: [{ interval: 'week' }, { interval: 'month', interval_count: 37 }] } }), ['1 portal.features.subscription_pause.duration.interval_options[1].interval_count is longer than three years | set it to 36 at most']],
    [{ product: { prices: [MONTHLY, YEARLY, { ...YEARLY, recurring: { interval: 'year', interval_count: 1 } }] } }, ['1 product.prices[2].recurring is the same interval as in prices[1] | give it another interval, or leave one of the two out']],
    [{ product: { prices: [YEARLY] } }, ['1 product.prices holds no monthly price, which is the one that the daemon sells | add one, such as {"currency": "usd", "unit_amount": 6000, "recurring": {"interval": "month"}}']],
    [{ product: { prices: [{ ...MONTHLY, recurring: { interval: 'month', interval_count: 3 } }] } }, ['1 product.prices holds no monthly price, which is the one that the daemon sells | add one, such as {"currency": "usd", "unit_amount": 6000, "recurring": {"interval": "month"}}']],
    [{ product: { prices: [MONTHLY, { ...YEARLY, recurring: { interval: 'day', interval_count: 1096 } }] } }, ['1 product.prices[1].recurring.interval_count is longer than three years | set it to 1095 at most']],
    [{ webhook: { enabled_events: RELEVANT_TYPES.filter((type) => !['invoice.paid', 'customer.updated'].includes(type)) } }, ['1 webhook.enabled_events lacks customer.updated, invoice.paid, which devchat needs | add what is missing, or set it to ["*"]']],
    [{ webhook: { enabled_events: ['*', 'invoice.paid'] } }, ['1 webhook.enabled_events names others beside *, which is all of them | set it to ["*"]']],
  ])('%j', (file, refusal) => {
    expect(refusalOf(file)).toEqual(refusal);
  });

  it('are looked for in what is there with the defaults, not in the file alone', () => {
    expect(read(feature('subscription_cancel', { proration_behavior: 'create_prorations' }))).toBeDefined();
    expect(read(feature('subscription_cancel', { mode: 'at_period_end' }))).toBeDefined();
    expect(read(feature('customer_update', { enabled: false, allowed_updates: ['email'] }))).toBeDefined();
    expect(read({ product: { name: 'Pair' } })).toBeDefined();
  });
});

describe('metadata', () => {
  const keys = (count: number, value: string | null = 'x') => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}${value}`, value]));
  const long = 'k'.repeat(41);

  it.each<[string, unknown, string[]]>([
    ['with our tag', { portal: { metadata: { challenge_id: 'mine' } } }, ['1 portal.metadata.challenge_id is devchat’s own: what it made is found again by it | leave it out; CHALLENGE_ID sets it']],
    ['with our tag cleared', { product: { metadata: { challenge_id: null } } }, ['1 product.metadata.challenge_id is devchat’s own: what it made is found again by it | leave it out; CHALLENGE_ID sets it']],
    ['with a number', { webhook: { metadata: { n: 1 } } }, ['1 webhook.metadata.n is not a text | write it in quotes']],
    ['with a long key', { webhook: { metadata: { [long]: 'x' } } }, [`1 webhook.metadata.${long} is a key of 41 characters, and Stripe takes 40 | shorten it`]],
    ['with a bracket', { webhook: { metadata: { 'a[b]': 'x' } } }, ['1 webhook.metadata["a[b]"] has a bracket, which Stripe takes in no key | leave the brackets out']],
    ['with a long text', { product: { prices: [{ ...MONTHLY, metadata: { a: 'x'.repeat(501) } }] } }, ['1 product.prices[0].metadata.a is longer than 500 characters | shorten it']],
    ['with too many keys', { product: { prices: [{ ...MONTHLY, metadata: keys(50) }] } }, ['1 product.prices[0].metadata has 50 keys, and challenge_id makes one more than the 50 that Stripe takes | leave 49 at most']],
    ['that are null', { portal: { metadata: null } }, ['1 portal.metadata cannot be cleared | give it a value, or leave it out']],
  ])('%s', (_what, file, refusal) => {
    expect(refusalOf(file)).toEqual(refusal);
  });

  it('may be as many as Stripe takes beside ours, and clear any number', () => {
    expect(read({ portal: { metadata: { ...keys(49), ...keys(50, null) } } })).toBeDefined();
  });
});

describe('wrong shapes', () => {
  it.each<[unknown, string]>([
    [{ portal: 7 }, '1 portal is not an object | write it in braces: { … }'],
    [{ portal: null }, '1 portal cannot be cleared | give it a value, or leave it out'],
    [{ product: [] }, '1 product is not an object | write it in braces: { … }'],
    [{ portal: { name: 7 } }, '1 portal.name is not a text | write it in quotes'],
    [{ portal: { name: '' } }, '1 portal.name is empty | fill it in, or leave it out; null clears what can be cleared'],
    [{ portal: { active: false } }, '1 portal.active is not true: the daemon sends customers there | leave it out'],
    [{ portal: { business_profile: { headline: 'x'.repeat(61) } } }, '1 portal.business_profile.headline is longer than 60 characters | shorten it'],
    [{ portal: { default_return_url: 'example.com' } }, '1 portal.default_return_url is not an http(s) address | write it whole, such as https://example.com'],
    [{ portal: { login_page: {} } }, '1 portal.login_page.enabled is missing | add it'],
    [feature('invoice_history', { enabled: 'yes' }), '1 portal.features.invoice_history.enabled is neither true nor false | write true or false, without quotes'],
    [feature('invoice_history', { enabled: null }), '1 portal.features.invoice_history.enabled cannot be cleared | give it a value, or leave it out'],
    [feature('subscription_cancel', { mode: 'immediatly' }), '1 portal.features.subscription_cancel.mode is none of its choices | did you mean immediately?'],
    [feature('subscription_cancel', { mode: 'later' }), '1 portal.features.subscription_cancel.mode is none of its choices | it may be at_period_end or immediately'],
    [feature('customer_update', { enabled: true, allowed_updates: 'email' }), '1 portal.features.customer_update.allowed_updates is not a list | write it in brackets: [ … ]'],
    [feature('customer_update', { enabled: true, allowed_updates: ['email', 'mail'] }), '1 portal.features.customer_update.allowed_updates[1] is none of its choices | did you mean email?'],
    [{ product: { name: null } }, '1 product.name cannot be cleared | give it a value, or leave it out'],
    [{ product: { unit_label: 'a pair of hours' } }, '1 product.unit_label is longer than 12 characters | shorten it'],
    [{ product: { statement_descriptor: '12345' } }, '1 product.statement_descriptor has no letter, or one of < > \\ " \' | write what a bank statement can show, such as DEV CHAT'],
    [{ product: { images: Array.from({ length: 9 }, () => 'https://a.example') } }, '1 product.images holds more than 8 | take some out'],
    [{ product: { prices: [{ ...MONTHLY, currency: 'USD' }] } }, '1 product.prices[0].currency is not three lower-case letters | write it as Stripe does, such as usd or eur'],
    [{ product: { prices: [{ ...MONTHLY, unit_amount: 59.9 }] } }, '1 product.prices[0].unit_amount is not a whole number | write a whole number, without quotes'],
    [{ product: { prices: [{ ...MONTHLY, unit_amount: '6000' }] } }, '1 product.prices[0].unit_amount is not a whole number | write a whole number, without quotes'],
    [{ product: { prices: [{ ...MONTHLY, unit_amount: -1 }] } }, '1 product.prices[0].unit_amount is negative | write 0 or more'],
    [{ product: { prices: [{ ...MONTHLY, recurring: { interval: 'month', interval_count: 0 } }] } }, '1 product.prices[0].recurring.interval_count is less than 1 | write 1 or more'],
    [{ product: { prices: [{ currency: 'usd', unit_amount: 1 }] } }, '1 product.prices[0].recurring is missing | add it'],
    [{ webhook: { url: 'pair' } }, '1 webhook.url is not an http(s) address | write it whole, such as https://example.com'],
    [{ webhook: { enabled_events: ['*', 'teleport.started'] } }, '1 webhook.enabled_events[1] is none of its choices | docs/devchat.config.schema.json lists them'],
  ])('%j', (file, refusal) => {
    expect(refusalOf(file)[0]).toBe(refusal);
  });
});

describe('unknown keys', () => {
  it.each<[unknown, string]>([
    [{ portal: { bussiness_profile: {} } }, '1 portal.bussiness_profile is unknown | did you mean business_profile?'],
    [{ portal: { features: { subscriptionCancel: {} } } }, '1 portal.features.subscriptionCancel is unknown | did you mean subscription_cancel?'],
    [feature('subscription_update', { enabled: false, products: [{ product: 'prod_1', prices: ['price_1'], quantity: {} }] }), '1 portal.features.subscription_update.products[0].quantity is unknown | it may be product, prices or adjustable_quantity'],
    [{ product: { prices: [{ ...MONTHLY, lookup_key: 'mine' }] } }, '1 product.prices[0].lookup_key is unknown | it may be currency, unit_amount, recurring, nickname, tax_behavior or metadata'],
    [{ portal: { sk_test_1234: 1 } }, '1 portal.sk_… is unknown | it may be active, name, business_profile, default_return_url, features, login_page or metadata'],
    [{ prot: 4242 }, '1 prot is unknown | did you mean port?'],
  ])('%j', (file, refusal) => {
    expect(refusalOf({ portal: {}, ...(file as object), webhook: { url: 'x' } })).toContain(refusal);
  });
});

it('refuses a key that stands there twice: JSON would take the last', () => {
  expect(refusalOf('{\n"portal": {"name": "a",\n"name": "b"}}')).toEqual(['2 portal.name stands there more than once | leave one in']);
});

it('tells everything at once, line by line, settings too', () => {
  const text = ['{', '"port": "http",', '"prot": 1,', '"portal": { "nmae": 1,', '"features": { "customer_update": { "enabled": true },', '"subscription_update": { "products": [{}] } } },', '"product": { "prices": [{"currency": "EUR"}] },', '"webhook": { "enabled_events": ["invoice.payed"] }', '}'].join('\n');
  const refusal = refusalOf(text);
  expect(refusal.map((each) => each.split(' |')[0]?.replace(/ lacks .*/, ' lacks …'))).toEqual([
    '2 port is not a number',
    '3 prot is unknown',
    '4 portal.nmae is unknown',
    '5 portal.features.customer_update.enabled is true without allowed_updates',
    '6 portal.features.subscription_update.products[0].product is missing',
    '6 portal.features.subscription_update.products[0].prices is missing',
    '6 portal.features.subscription_update is off unless enabled is declared',
    '7 product.prices[0].currency is not three lower-case letters',
    '7 product.prices[0].unit_amount is missing',
    '7 product.prices[0].recurring is missing',
    '8 webhook.enabled_events[0] is none of its choices',
    '8 webhook.enabled_events lacks …',
  ]);
});
