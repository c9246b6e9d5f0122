/** What leaves the sandbox of a stored object: no private memory, includable parts only on request, ids expanded on request. */
import type { StripeObject, World } from '../world.ts';
import { invalidRequest } from './errors.ts';

/** Parts that Stripe leaves out unless `expand` names them. */
const INCLUDABLE: Record<string, readonly string[]> = {
  'billing_portal.configuration': ['features.subscription_update.products'],
  'checkout.session': ['line_items'],
};

/** Parts that are objects of their own and are put together on request: the kind of each, and which field names the whole. */
const COMPOSED: Record<string, Record<string, Composed>> = {
  customer: { subscriptions: { kind: 'subscription', field: 'customer', path: 'subscriptions', except: ['canceled', 'incomplete_expired'] } },
  invoice: { payments: { kind: 'invoice_payment', field: 'invoice', path: 'payments', except: [] } },
};
interface Composed {
  kind: string;
  field: string;
  path: string;
  /** Objects in these states are left out. */
  except: readonly string[];
}

/** Which kind of object an id names, by its prefix. */
const KIND_OF_PREFIX: Record<string, string> = {
  bpc: 'billing_portal.configuration',
  ch: 'charge',
  clock: 'test_helpers.test_clock',
  cs: 'checkout.session',
  cus: 'customer',
  ii: 'invoiceitem',
  in: 'invoice',
  inpay: 'invoice_payment',
  pi: 'payment_intent',
  pm: 'payment_method',
  price: 'price',
  prod: 'product',
  re: 'refund',
  seti: 'setup_intent',
  sub: 'subscription',
  txn: 'balance_transaction',
};

/** Ids that Stripe never expands: the SDK's types say plain string. */
const PLAIN_IDS: readonly string[] = [
  'charge.payment_method',
  'checkout.session.client_reference_id',
  'event.data',
  'invoiceitem.parent.subscription_details.subscription',
  'line_item.invoice',
  'line_item.parent.invoice_item_details.subscription',
  'line_item.parent.subscription_item_details.subscription',
  'payment_intent.last_payment_error.charge',
  'subscription_item.subscription',
];

/** The `data` of a list counts as one: https://docs.stripe.com/expand */
const EXPAND_DEPTH = 4;

type Fields = Record<string, unknown>;

/** The object as answers and events show it; includable parts stay when `wanted` names them. */
export function visible(object: StripeObject, wanted: readonly string[] = []): StripeObject {
  const fields = Object.fromEntries(Object.entries(object).filter(([name]) => !name.startsWith('_')));
  const hidden = (INCLUDABLE[object.object] ?? []).filter((part) => !wanted.some((path) => isWithin(path, part)));
  return hidden.reduce<Fields>((shown, part) => without(shown, part.split('.')), fields) as unknown as StripeObject;
}

function isWithin(path: string, part: string): boolean {
  return path === part || path.startsWith(`${part}.`);
}

function without(fields: Fields, [name = '', ...deeper]: string[]): Fields {
  if (!(name in fields)) return fields;
  const inner = fields[name];
  if (deeper.length === 0) return Object.fromEntries(Object.entries(fields).filter(([key]) => key !== name));
  return isObject(inner) ? { ...fields, [name]: without(inner, deeper) } : fields;
}

/** The whole answer with every `expand` path resolved. Throws StripeError for a path that cannot be expanded. */
export function show(world: World, answer: object, paths: readonly string[]): unknown {
  const tooDeep = paths.find((path) => path.split('.').length > EXPAND_DEPTH);
  if (tooDeep) throw invalidRequest(`You cannot expand more than ${EXPAND_DEPTH} levels of a property: ${tooDeep}`, 'expand');
  return expanded(world, answer, paths, [], '');
}

/**
 * `paths` go on from `value`; the empty path means `value` itself. `at` is where we are, for the error; `place` is the same
 * from the innermost object on, beginning with its word.
 */
function expanded(world: World, value: unknown, paths: readonly string[], at: readonly string[], place: string): unknown {
  if (Array.isArray(value)) return value.map((item) => expanded(world, item, paths, at, place));
  if (typeof value === 'string' && paths.length > 0) return expanded(world, resolve(world, value, at), paths, at, place);
  if (!isObject(value)) return value;
  const inside = paths.filter((path) => path !== '');
  const fields = { ...(isStripeObject(value) ? fieldsOf(world, value, inside) : value) };
  if (fields.deleted === true) return fields; // nothing is left of it to go on to
  for (const head of headsOf(fields, inside)) {
    const tails = tailsOf(inside, head);
    const here = `${isStripeObject(value) ? value.object : place}.${head}`;
    if (!(head in fields) || (tails.length > 0 && isPlain(here))) throw cannotExpand([...at, head]);
    fields[head] = expanded(world, fields[head], tails, [...at, head], here);
  }
  return fields;
}

/** No object is expanded out of its own id, nor out of what the account's owner wrote. */
function isPlain(place: string): boolean {
  return PLAIN_IDS.includes(place) || /\.(id|metadata)$/.test(place);
}

/** What a list holds is always visited: its objects must be made fit to show. */
function headsOf(fields: Fields, paths: readonly string[]): Set<string> {
  const heads = new Set(paths.map((path) => path.split('.', 1)[0]!));
  return fields.object === 'list' ? heads.add('data') : heads;
}

function tailsOf(paths: readonly string[], head: string): string[] {
  return paths.filter((path) => isWithin(path, head)).map((path) => path.slice(head.length + 1));
}

function fieldsOf(world: World, object: StripeObject, paths: readonly string[]): Fields {
  const fields = visible(object, paths) as unknown as Fields;
  const wanted = Object.entries(COMPOSED[object.object] ?? {}).filter(([part]) => paths.some((path) => isWithin(path, part)));
  const lists = Object.fromEntries(wanted.map(([part, composed]) => [part, compose(world, object, composed)]));
  const isSecretWanted = object.object === 'invoice' && paths.some((path) => isWithin(path, 'confirmation_secret'));
  return { ...fields, ...lists, ...(isSecretWanted && { confirmation_secret: confirmationSecret(world, object) }) };
}

/** What the shop's page needs to pay an open invoice; none before it is finalized, or where nothing is due. */
function confirmationSecret(world: World, { id }: StripeObject): object | null {
  type Payment = StripeObject & { payment: { payment_intent?: string } };
  const [payment] = world.store.all<Payment>('invoice_payment', { invoice: id });
  const intent = world.store.find<StripeObject & { client_secret: string }>('payment_intent', payment?.payment.payment_intent ?? '');
  return intent === undefined ? null : { client_secret: intent.client_secret, type: 'payment_intent' };
}

/** Newest first, as in any list. */
function compose(world: World, { id, object }: StripeObject, { kind, field, path, except }: Composed): object {
  const all = world.store.all<StripeObject & { status: string }>(kind, { [field]: id });
  const data = all.filter(({ status }) => !except.includes(status)).reverse();
  return { object: 'list', data, has_more: false, url: `/v1/${object}s/${id}/${path}` };
}

function resolve(world: World, id: string, at: readonly string[]): StripeObject {
  const object = findByPrefix(world, id) ?? deletedCustomer(world, id);
  if (!object) throw cannotExpand(at);
  return object;
}

/** The stored object of an id whose kind is known by its prefix. */
export function findByPrefix(world: World, id: string): StripeObject | undefined {
  const kind = KIND_OF_PREFIX[id.slice(0, id.indexOf('_'))];
  return kind === undefined ? undefined : world.store.find(kind, id);
}

/** A deleted customer is remembered as `{id, object: 'customer', deleted: true}`. */
export function deletedCustomer(world: World, id: string): StripeObject | undefined {
  const marker = world.store.find<StripeObject & { shown: StripeObject }>('_deleted_customer', id);
  return marker?.shown;
}

function cannotExpand(at: readonly string[]): Error {
  return invalidRequest(`This property cannot be expanded (${at.join('.')}).`, 'expand');
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isStripeObject(value: Fields): value is Fields & StripeObject {
  return typeof value.object === 'string' && typeof value.id === 'string';
}
