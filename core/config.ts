/** Which settings hold: flag, else environment, else devchat.config.json, else what was saved, else the default. */
import { join, resolve } from 'node:path';
import envPaths from 'env-paths';
import { z } from 'zod';
import { policySchema } from './billing/policy.ts';
import { isAddress, isPostgres } from './cache/location.ts';
import { DECLARATIONS, readConfigFile, type ConfigFile } from './config-file.ts';
import { BadInput, type Problem } from './errors.ts';
import { nearest } from './nearest.ts';
import { readSettings } from './settings.ts';

const DEFAULT_PORT = 4242;
const MAX_SECRETS = 16;

/** https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#signature-scheme */
const STANDARD_SECRET = /^whsec_(?:[A-Za-z0-9+/]{4}){8,}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The key of the sandbox that `up` starts, and what tags things in it unless somebody chose another challenge id. */
export const SANDBOX = { stripeSecretKey: 'sk_test_devchat_sandbox', challengeId: 'devchat-local' } as const;

/** Every setting: its environment name, whether it must never be shown, and what it says. */
export const SETTINGS = {
  stripeSecretKey: { env: 'STRIPE_SECRET_KEY', secret: true, says: 'The API key. A file that others read is no place for it.' },
  stripeApiBase: { env: 'STRIPE_API_BASE', secret: false, says: 'Another API address, such as the sandbox’s.' },
  webhookSecrets: { env: 'STRIPE_WEBHOOK_SECRET', secret: true, says: 'The signing secrets of webhooks, instead of those that devchat saved.' },
  challengeId: { env: 'CHALLENGE_ID', secret: false, says: 'Tags everything that devchat makes in Stripe.' },
  baseUrl: { env: 'DEVCHAT_BASE_URL', secret: false, says: 'Where people reach the daemon.' },
  cache: { env: 'DEVCHAT_CACHE', secret: false, says: 'The cache file, or postgres://…' },
  host: { env: 'HOST', secret: false, says: 'The address that the daemon listens on.' },
  port: { env: 'PORT', secret: false, says: 'The port that the daemon listens on; 0 takes a free one.' },
  timeZone: { env: 'DEVCHAT_TIME_ZONE', secret: false, says: 'The owner’s time zone, such as Europe/Berlin.' },
  policy: { env: 'DEVCHAT_POLICY', secret: false, says: 'What follows from a status, such as "past_due=3d,paused=off", or the same as an object.' },
  noticeCommand: { env: 'DEVCHAT_NOTICE_COMMAND', secret: false, says: 'A command that each notice is given to, as JSON on its standard input.' },
  noticeUrl: { env: 'DEVCHAT_NOTICE_URL', secret: true, says: 'An address that each notice is posted to.' },
  noticeSecret: { env: 'DEVCHAT_NOTICE_SECRET', secret: true, says: 'Signs what is posted there (whsec_…).' },
} as const;

export type SettingName = keyof typeof SETTINGS;
export type Origin = 'flag' | 'environment' | 'config file' | 'saved' | 'default';

const address = z
  .url({ protocol: /^https?$/, error: 'is not an http(s) address' })
  .transform((url) => url.replace(/\/+$/, ''));

/** The API's paths begin with /v1: they are added to it. */
const apiAddress = address.refine((url) => new URL(url).pathname === '/', 'has a path: it is the address alone, such as http://127.0.0.1:12111');

const text = z.string('is not a text');

/** Whatever cannot post to an address with a password quotes it, and would show the password. */
const noticeAddress = z.url({ protocol: /^https?$/, error: 'is not an http(s) address' }).refine((url) => !/^\w+:\/\/[^/?#]*@/.test(url), 'holds a name or a password');

const cacheLocation = text
  .min(1, 'is empty')
  .refine((location) => isPostgres(location) || !isAddress(location), 'is an address of something else: it is a file, or postgres://…')
  .refine((location) => !isPostgres(location) || URL.canParse(location), 'is not an address such as postgres://user:password@host:5432/database');

const configSchema = z.object({
  stripeSecretKey: text.trim().regex(/^(sk|rk)_(test|live)_\w+$/, 'is not a Stripe secret key (sk_test_… or rk_test_…)').optional(),
  stripeApiBase: apiAddress.optional(),
  webhookSecrets: z.array(text.regex(/^whsec_\S+$/, 'is not a signing secret (whsec_…)'), 'is not a list of signing secrets').max(MAX_SECRETS, `holds more than ${MAX_SECRETS}`).optional(),
  challengeId: text.trim().min(1, 'is empty').max(200, 'is longer than 200 characters').optional(),
  baseUrl: address.optional(),
  cache: cacheLocation,
  host: text.min(1, 'is empty'),
  port: z.coerce.number('is not a number').int('is not a whole number').min(0, 'is below 0').max(65535, 'is above 65535'),
  timeZone: text.trim().refine(isTimeZone, 'is not a time zone such as Europe/Berlin'),
  policy: policySchema,
  noticeCommand: text.trim().min(1, 'is empty').optional(),
  noticeUrl: noticeAddress.optional(),
  noticeSecret: text.trim().regex(STANDARD_SECRET, 'is not a signing secret of Standard Webhooks (whsec_ and 24 bytes or more in base64)').optional(),
}).refine(({ noticeUrl, noticeSecret }) => noticeUrl === undefined || noticeSecret !== undefined, {
  path: ['noticeUrl'],
  error: `needs ${SETTINGS.noticeSecret.env} beside it, which signs what is posted there`,
});

/** How each setting is read and checked. */
export const settingSchemas = configSchema.shape;

/**
 * All settings, parsed. Addresses carry no trailing slash; `port` 0 takes a free one.
 * `webhookSecrets` is undefined where nothing but the saved ones can count (`savedSecrets`).
 */
export type Config = z.output<typeof configSchema> & { configDir: string; dataDir: string };

/** Where each setting came from, for those that have a value. */
export type Origins = Partial<Record<SettingName, Origin>>;

export interface ConfigSources {
  flags?: Partial<Record<SettingName, unknown>>;
  env: NodeJS.ProcessEnv;
  /** The folder that may hold devchat.config.json. */
  folder: string;
}

/** What is wrong with the value of one setting ("is empty"); undefined where nothing is. */
export function problemWith(name: SettingName, value: unknown): string | undefined {
  return configSchema.shape[name].safeParse(value).error?.issues[0]?.message;
}

/**
 * Reads and checks every setting at once.
 * Throws `usage` naming all that is wrong; a malformed Stripe key alone is `key-refused`.
 */
export function loadConfig(sources: ConfigSources): { config: Config; origins: Origins } {
  const { configDir, dataDir } = folders(sources.env);
  const file = readConfigFile(sources.folder);
  const { values, origins } = given(sources, file);
  if (origins.stripeApiBase === 'saved' && origins.stripeSecretKey !== 'saved') forget('stripeApiBase', values, origins);
  if (values.stripeSecretKey === SANDBOX.stripeSecretKey && values.challengeId === undefined) assume('challengeId', SANDBOX.challengeId, values, origins);
  const parsed = configSchema.safeParse(values);
  const unknown = unknownKeys(file);
  if (!parsed.success || unknown.length > 0) throw allThatIsWrong(parsed.error?.issues ?? [], unknown, { origins, file });
  return { config: { ...parsed.data, configDir, dataDir }, origins };
}

/** Whether a setting has a value, be it right or wrong. Throws `usage` for files that cannot be read. */
export function isGiven(name: SettingName, sources: ConfigSources): boolean {
  return given(sources, readConfigFile(sources.folder)).values[name] !== undefined;
}

/** Where settings and data lie. */
export function folders(env: NodeJS.ProcessEnv): { configDir: string; dataDir: string } {
  const platform = envPaths('devchat', { suffix: '' });
  return {
    configDir: resolve(env.DEVCHAT_CONFIG_DIR || platform.config),
    dataDir: resolve(env.DEVCHAT_DATA_DIR || platform.data),
  };
}

function given({ flags = {}, env }: ConfigSources, file: ConfigFile): { values: Values; origins: Origins } {
  const { configDir, dataDir } = folders(env);
  return firstOf([
    ['flag', flags],
    ['environment', fromEnvironment(env)],
    ['config file', file.values],
    ['saved', { ...readSettings(configDir), webhookSecrets: undefined }],
    ['default', { cache: join(dataDir, 'cache.sqlite'), host: '127.0.0.1', port: DEFAULT_PORT, timeZone: systemTimeZone(), policy: {} }],
  ]);
}

/** A machine whose time zone has no name counts in UTC. */
function systemTimeZone(): string {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return isTimeZone(timeZone) ? timeZone : 'UTC';
}

function isTimeZone(name: string | undefined): boolean {
  try {
    return name !== undefined && Boolean(new Intl.DateTimeFormat('en', { timeZone: name }));
  } catch {
    return false;
  }
}

type Values = Partial<Record<SettingName, unknown>>;

function fromEnvironment(env: NodeJS.ProcessEnv): Values {
  const values: Values = {};
  for (const name of settingNames()) {
    const value = env[SETTINGS[name].env];
    if (value) values[name] = value;
  }
  if (env.STRIPE_WEBHOOK_SECRET) values.webhookSecrets = splitSecrets(env.STRIPE_WEBHOOK_SECRET);
  return values;
}

function splitSecrets(text: string): string[] {
  return text.split(',').map((secret) => secret.trim()).filter(Boolean);
}

/** A saved address belongs to the saved key: somebody's own key is never sent to the sandbox by accident. */
function forget(name: SettingName, values: Values, origins: Origins): void {
  delete values[name];
  delete origins[name];
}

/** An id that only the sandbox knows is no default for anybody's own account. */
function assume(name: SettingName, value: string, values: Values, origins: Origins): void {
  values[name] = value;
  origins[name] = 'default';
}

function firstOf(sources: ReadonlyArray<readonly [Origin, Values]>): { values: Values; origins: Origins } {
  const values: Values = {};
  const origins: Origins = {};
  for (const name of settingNames()) {
    const source = sources.find(([, candidate]) => candidate[name] !== undefined);
    if (!source) continue;
    values[name] = source[1][name];
    origins[name] = source[0];
  }
  return { values, origins };
}

function settingNames(): SettingName[] {
  return Object.keys(SETTINGS) as SettingName[];
}

function unknownKeys({ values, problem }: ConfigFile): Problem[] {
  const known = [...settingNames(), ...DECLARATIONS];
  const unknown = Object.keys(values).filter((key) => !(known as string[]).includes(key));
  return unknown.map((key) => {
    const meant = nearest(key, known);
    return problem({ path: [key], what: 'is unknown', fix: meant ? `did you mean ${meant}?` : `it may hold: ${known.join(', ')}` });
  });
}

function allThatIsWrong(issues: readonly Issue[], unknown: readonly Problem[], sources: Written): BadInput {
  const isKeyAlone = unknown.length === 0 && issues.every(({ path }) => path[0] === 'stripeSecretKey');
  return new BadInput(isKeyAlone ? 'key-refused' : 'usage', [...unknown, ...issues.map((issue) => asWritten(issue, sources))]);
}

type Issue = z.core.$ZodIssue;

interface Written {
  origins: Origins;
  file: ConfigFile;
}

/** A setting as whoever wrote it knows it: by its place in the file, else by its environment name. */
function asWritten({ path, message }: Issue, { origins, file }: Written): Problem {
  const name = path[0] as SettingName;
  if (origins[name] === 'config file') return file.problem({ path: [name], what: message, fix: 'mend it there' });
  return { message: `${SETTINGS[name].env} (from ${origins[name] ?? 'nowhere'}) ${message}`, hint: 'set it right in the environment or a flag, or with devchat config set or init' };
}
