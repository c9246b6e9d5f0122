/** What devchat.config.json may say about the product and its prices: https://docs.stripe.com/api/products/update, https://docs.stripe.com/api/prices/create */
import { address, amount, choice, clearable, count, currency, descriptor, list, may, must, object, tags, text } from './kinds.ts';
import { INTERVALS } from './portal.ts';

const DESCRIPTION_CHARACTERS = 40_000;
const UNIT_LABEL_CHARACTERS = 12;
const MOST_IMAGES = 8;

const recurring = object({
  interval: must('The unit of the interval.', choice(INTERVALS)),
  interval_count: may('How many of it, 1 unless given; three years at most.', count),
});

const price = object({
  currency: must('Three letters, such as usd. Fixed for life: another one means another price.', currency),
  unit_amount: must('The amount in the smallest unit, such as cents. Fixed for life: another one means another price.', amount),
  recurring: must('How often it is charged. A price is known by its interval: one of each.', recurring),
  nickname: may('What you call it; customers do not see it.', text()),
  tax_behavior: may('Whether the amount holds the tax. Fixed once it is inclusive or exclusive.', choice(['exclusive', 'inclusive', 'unspecified'])),
  metadata: tags,
});

export const product = object({
  name: may('What customers buy.', text()),
  description: clearable('What customers read about it.', text(DESCRIPTION_CHARACTERS)),
  unit_label: clearable('What one of it is called on receipts.', text(UNIT_LABEL_CHARACTERS)),
  statement_descriptor: may('What stands on a card statement.', descriptor),
  tax_code: clearable('Its tax code (txcd_…).', text()),
  url: clearable('A page about it.', address),
  images: clearable('Addresses of pictures.', list(address, MOST_IMAGES)),
  prices: may('What it costs. The whole list: it takes the place of the default, and has to hold a monthly price, which the daemon sells. A price that is taken from the list stays as it is.', list(price)),
  metadata: tags,
});
