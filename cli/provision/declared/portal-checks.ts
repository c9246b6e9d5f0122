/** Settings of the portal that do not go together. */
import type { Finding } from '../../../core/config-file.ts';
import type { Settings } from '../resources/resource.ts';
import { isSettings, isUnset } from '../settings.ts';
import { at, listAt, repeatedAt, tooLong, when, type Check } from './check.ts';
import { checkMetadata } from './metadata-checks.ts';

export const PORTAL_CHECKS: readonly Check[] = [isAskedFor, hasWhatItNeeds, cancels, pauses, offersEachOnce, quantitiesAgree, ({ metadata }) => checkMetadata(metadata, ['metadata'])];

const CANCEL = 'features.subscription_cancel';
const PAUSE = 'features.subscription_pause.duration';
const PRODUCTS = 'features.subscription_update.products';

/** What is set inside a feature that is off without anybody having said so would be passed over in silence. */
function isAskedFor(merged: Settings, declared: Settings): Finding[] {
  const features = at(declared, 'features');
  const names = isSettings(features) ? Object.keys(features) : [];
  return names.flatMap((name) => {
    const isSilent = at(merged, `features.${name}.enabled`) === false && at(features, `${name}.enabled`) === undefined;
    return when(isSilent, { path: ['features', name], what: 'is off unless enabled is declared', fix: 'set enabled to true, or to false to keep it off' });
  });
}

/** What Stripe demands of a feature that is on, with an example. */
const NEEDS = [
  { feature: 'features.customer_update', needs: 'allowed_updates', such: 'such as ["email", "address"]' },
  { feature: `${CANCEL}.cancellation_reason`, needs: 'options', such: 'such as ["too_expensive", "other"]' },
  { feature: 'features.subscription_update', needs: 'products', such: 'such as [{"product": "prod_…", "prices": ["price_…"]}]' },
] as const;

function hasWhatItNeeds(merged: Settings): Finding[] {
  return NEEDS.flatMap(({ feature, needs, such }) => {
    const isLacking = at(merged, `${feature}.enabled`) === true && isUnset(at(merged, `${feature}.${needs}`));
    return when(isLacking, { path: [...feature.split('.'), 'enabled'], what: `is true without ${needs}`, fix: `add ${needs}, ${such}, or set enabled to false` });
  });
}

function cancels(merged: Settings): Finding[] {
  const proration = at(merged, `${CANCEL}.proration_behavior`);
  const isContradiction = proration === 'create_prorations' && at(merged, `${CANCEL}.mode`) === 'at_period_end';
  return when(isContradiction, {
    path: [...CANCEL.split('.'), 'proration_behavior'],
    what: 'is create_prorations, which goes only with mode immediately',
    fix: 'set mode to immediately, or proration_behavior to none',
  });
}

function pauses(merged: Settings): Finding[] {
  const [type, options] = [at(merged, `${PAUSE}.type`), listAt(merged, `${PAUSE}.interval_options`)];
  const path = PAUSE.split('.');
  return [
    ...when(type === 'interval_options' && options.length === 0, { path: [...path, 'type'], what: 'is interval_options, and there are none', fix: 'add interval_options, such as [{"interval": "month"}], or set type to indefinite' }),
    ...when(type === 'indefinite' && options.length > 0, { path: [...path, 'interval_options'], what: 'goes only with type interval_options', fix: 'set type to interval_options, or leave interval_options out' }),
    ...options.flatMap((option, index) => tooLong(option, [...path, 'interval_options', index])),
  ];
}

function offersEachOnce(merged: Settings): Finding[] {
  const products = listAt(merged, PRODUCTS);
  const path = PRODUCTS.split('.');
  const twice = repeatedAt(products, (product) => at(product, 'product'));
  return [
    ...twice.map(({ index, first }): Finding => ({ path: [...path, index, 'product'], what: `is the same as in products[${first}]`, fix: 'put all its prices into one entry' })),
    ...products.flatMap((product, index) => repeatedAt(listAt(product, 'prices'), (price) => price).map((price): Finding => ({ path: [...path, index, 'prices', price.index], what: `is the same as prices[${price.first}]`, fix: 'leave one of the two out' }))),
  ];
}

function quantitiesAgree(merged: Settings): Finding[] {
  return listAt(merged, PRODUCTS).flatMap((product, index) => {
    const [minimum, maximum] = [at(product, 'adjustable_quantity.minimum'), at(product, 'adjustable_quantity.maximum')];
    const isBelow = typeof minimum === 'number' && typeof maximum === 'number' && maximum < minimum;
    return when(isBelow, { path: [...PRODUCTS.split('.'), index, 'adjustable_quantity', 'maximum'], what: 'is below minimum', fix: 'set it to minimum or more' });
  });
}
