/** Where something stands in devchat.config.json, and what is said of a file that is none. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readConfigFile, type KeyPath } from '../../../core/config-file.ts';
import type { BadInput } from '../../../core/errors.ts';
import { freshFolder, writeFiles, type FreshFolder } from '../../support/folders.ts';

let fresh: FreshFolder;

beforeEach(() => {
  fresh = freshFolder();
});

afterEach(() => fresh.remove());

function read(text: string) {
  writeFiles(fresh.path, { 'devchat.config.json': text });
  return readConfigFile(fresh.path);
}

describe('where a key stands', () => {
  const text = '{\r\n  "portal": {\r\n    "features": {\r\n      "subscription_update": { "products": [\r\n        { "product": "prod_1",\r\n          "prices": ["price_1"] } ] } },\r\n    "metadata": {\r\n      "a.b": "c" } } }';

  test.each<[KeyPath, string]>([
    [['portal'], '2 portal'],
    [['portal', 'features', 'subscription_update', 'products', 0, 'prices', 0], '6 portal.features.subscription_update.products[0].prices[0]'],
    [['portal', 'metadata', 'a.b'], '8 portal.metadata["a.b"]'],
    [['portal', 'metadata', 'sk_test_1234'], '7 portal.metadata.sk_…'],
    [['portal', 'features', 'invoice_history', 'enabled'], '3 portal.features.invoice_history.enabled'],
    [['portal', 'features', 'subscription_update', 'products', 7], '4 portal.features.subscription_update.products[7]'],
    [['webhook', 'url'], '1 webhook.url'],
  ])('%j', (path, place) => {
    expect(read(text).problem({ path, what: 'is odd', fix: 'mend it' })).toEqual({ message: `devchat.config.json:${place} is odd`, hint: 'mend it', line: Number(place.split(' ')[0]) });
  });

  test('twice is told, at any depth', () => {
    expect(read('{"port": 1, "portal": {"name": "a", "name": "b"}, "product": {"prices": [{"currency": "a", "currency": "b"}]}, "port": 2}').repeated().map(({ path }) => path)).toEqual([
      ['port'],
      ['portal', 'name'],
      ['product', 'prices', 0, 'currency'],
    ]);
    expect(read('{"portal": {"name": "a"}, "product": {"name": "b"}}').repeated()).toEqual([]);
  });
});

test('no file is an empty one', () => {
  expect(readConfigFile(fresh.path).values).toEqual({});
  expect(readConfigFile(fresh.path).repeated()).toEqual([]);
});

test('a byte order mark, as some editors write it, is nothing', () => {
  expect(read('\uFEFF{"port": 1}').values).toEqual({ port: 1 });
});

describe('what is not JSON', () => {
  test.each([
    ['', '1:1', 'a value is missing'],
    ['{"port": 1,', '1:12', 'a key in quotes is missing'],
    ['{\n  "port": 1,\n}', '3:1', 'a key in quotes is missing'],
    ['{\n  "port": 1\n  "host": "a"\n}', '3:3', 'a comma is missing'],
    ['{"port" 1}', '1:9', 'a colon is missing'],
    ['{"port": }', '1:10', 'a value is missing'],
    ['{"port": 1', '1:11', 'a closing brace is missing'],
    ['{"a": [1', '1:9', 'a closing bracket is missing'],
    ['{"port": 1}}', '1:12', 'the object has ended before that'],
    ['{ // here\n}', '1:3', 'JSON takes no comments'],
    ['{"host": "a', '1:10', 'a text lacks its closing quote'],
    ['{"host": "\\q"}', '1:10', 'the escape is unknown'],
    ['{"host": "\\u12"}', '1:10', 'the escape is malformed'],
    ['{"host": "\u0001"}', '1:10', 'a control character stands in a text'],
    ['{"stripeSecretKey": sk_test_1}', '1:21', 'what stands there is neither a text in quotes nor a value'],
    ['{"port": 1e}', '1:10', 'it is malformed'],
  ])('%j', (text, place, what) => {
    const thrown = catchFrom(() => read(text));
    expect(thrown).toMatchObject({ kind: 'usage', message: `devchat.config.json:${place} is not JSON: ${what}`, hint: 'mend the file' });
  });

  test.each(['[]', 'null', '7', '"text"'])('%s is not an object', (text) => {
    expect(catchFrom(() => read(text))).toMatchObject({ kind: 'usage', message: 'devchat.config.json:1 is not an object' });
  });
});

function catchFrom(work: () => unknown): BadInput {
  try {
    work();
  } catch (error) {
    return error as BadInput;
  }
  throw new Error('nothing was thrown');
}
