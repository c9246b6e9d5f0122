/** Builds of devchat beside the right one: each is wrong in one way about provisioning, or wants something else. */
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { freshFolder, ROOT, type FreshFolder } from '../support/folders.ts';

/** In which file of the build, instead of what, stands what. */
type Edit = readonly [file: string, right: string, instead: string];

const APPLY = 'cli/provision/apply.js';
const PLAN = 'cli/provision/plan.js';
const PROVISION = 'cli/provision/provision.js';
const PORTAL = 'cli/provision/resources/portal-configuration.js';
const PRICE = 'cli/provision/resources/price.js';
const PRODUCT = 'cli/provision/resources/product.js';
const ENDPOINT = 'cli/provision/resources/webhook-endpoint.js';
const PROVISIONED = 'core/provisioned.js';
const IN_TURN = 'core/in-turn.js';
const SETTINGS = 'core/settings.js';
const STRIPE = 'core/stripe.js';

const FILES = "process.getBuiltinModule('node:fs')";
const REMEMBERED = "'product-ids'";
const SLEEP = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);';

/** What the other version of devchat wants otherwise, by kind. */
const OTHER_WISHES = JSON.stringify({
  product: { name: 'Pair Coding' },
  price: { unit_amount: 6500 },
  portal_configuration: { business_profile: { headline: 'Pair Coding' } },
});
const OTHER_VERSION: Edit = [PROVISION, 'const wanted = desired(options);', `const wanted = desired(options).map((each) => ({ ...each, settings: { ...each.settings, ...${OTHER_WISHES}[each.kind] } }));`];
const ONE_KEY: Edit = [APPLY, 'digest([challengeId, change.key, sent])', 'digest([challengeId, change.key])'];

const BUILDS = {
  'keeps what a cut run left behind': [
    [PRICE, 'isSingle: true', 'isSingle: false'],
    [ENDPOINT, 'isSingle: true', 'isSingle: false'],
  ],
  'finds a product by the id that it remembers': [
    [PRODUCT, 'stripe.products.create(settings, options)', `stripe.products.create(settings, options).then((made) => (${FILES}.appendFileSync(${REMEMBERED}, made.id), made))`],
    [PRODUCT, 'ours.sort(activeThenOldest)', `ours.filter(({ id }) => ${FILES}.existsSync(${REMEMBERED}) && ${FILES}.readFileSync(${REMEMBERED}, 'utf8').includes(id))`],
  ],
  'takes a repeated answer for the object': [[APPLY, '!isReplayed(answer.lastResponse.headers)', 'true']],
  'lets each run have a key of its own': [[APPLY, 'const key = `', 'const key = `${Math.random()}']],
  'makes up keys where an answer does not fit': [[APPLY, "'id' in answer ? answer.id : answer.firstRequest", 'Math.random()']],
  'is slow to save': [[SETTINGS, 'refuseHalf(written);', SLEEP]],
  'is slow to save, and does not wait for its turn': [
    [SETTINGS, 'refuseHalf(written);', SLEEP],
    [IN_TURN, '!take(path)', 'false'],
  ],
  'does not look again': [[PROVISION, 'left = await planProvision(remembering, first.known);', 'left = { ...left, changes: [] };']],
  'replaces what others just made': [[PLAN, "settings.secret !== 'lost' || !isNew(id, known)", 'true']],
  'leaves to others what others made': [[PLAN, 'known !== undefined && !known.includes(id)', 'false']],
  'never tries again': [[STRIPE, 'options.troubled ? PATIENT_RETRIES : NETWORK_RETRIES', '0']],
  'tries for ever': [[STRIPE, 'const PATIENT_RETRIES = 5;', 'const PATIENT_RETRIES = 1_000;']],
  'leaves it to Stripe whether to try again after 429': [[STRIPE, "headers['stripe-should-retry'] = 'true';", ';']],
  'waits in silence': [[STRIPE, 'troubled(`Stripe answered ${status} to ${call}`);', ';']],
  'takes a repeated error for the answer': [[APPLY, '.catch(repeatedError)', '']],
  'looks at the first page, whatever it is told': [[PROVISIONED, 'if (!all)', 'if (true)']],
  'says nothing of other pages': [[PROVISIONED, 'hasMore: page.has_more', 'hasMore: false']],
  'takes each setting for right that is there': [[PLAN, '!satisfies(valueAt(match.settings, path), value)', '(valueAt(match.settings, path) ?? null) === null']],
  'archives a price without looking at its product': [[PRICE, 'product.default_price === id', 'false']],
  'leaves the lookup key where it is': [[PRICE, 'onReplace: { transfer_lookup_key: true }', 'onReplace: {}']],
  'has one key for all contents': [ONE_KEY],
  'is another version, and has one key for all contents': [OTHER_VERSION, ONE_KEY],
  'repairs under a key of its own': [[PORTAL, 'stripe.billingPortal.configurations.update(id, settings)', 'stripe.billingPortal.configurations.update(id, settings, { idempotencyKey: JSON.stringify(settings) })']],
  'shows what it is answered': [[APPLY, "if ('id' in answer", "console.log(answer); if ('id' in answer"]],
  'shows what it sends': [[STRIPE, 'const [, , path, method] = request;', 'console.error(request); const [, , path, method] = request;']],
  'is another version': [OTHER_VERSION],
} satisfies Record<string, readonly Edit[]>;

export type Build = keyof typeof BUILDS;

const made = new Map<Build, FreshFolder>();
afterAll(() => made.forEach(({ remove }) => remove()));

/** The program to start it by. Throws where the code is not any more what a row says. */
export function programOf(build: Build): string {
  const { path } = made.get(build) ?? make(build);
  return join(path, 'bin', 'devchat.js');
}

function make(build: Build): FreshFolder {
  const folder = freshFolder();
  const { path } = folder;
  for (const part of ['bin', 'dist/cli', 'dist/core', 'package.json']) cpSync(join(ROOT, part), join(path, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(path, 'node_modules'));
  for (const edit of BUILDS[build]) carryOut(edit, join(path, 'dist'));
  made.set(build, folder);
  return folder;
}

function carryOut([file, right, instead]: Edit, folder: string): void {
  const code = readFileSync(join(folder, file), 'utf8');
  if (code.split(right).length !== 2) throw new Error(`dist/${file} has not exactly one: ${right}`);
  writeFileSync(join(folder, file), code.replace(right, () => instead));
}
