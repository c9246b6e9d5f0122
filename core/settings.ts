/** What `init` and `up` remember between commands: one JSON file, readable by its owner only. */
import { chmodSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { DevchatError } from './errors.ts';
import { inTurn } from './in-turn.ts';

const SETTINGS_NAME = 'config';
const LOCK_NAME = 'config.lock';
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const OWNER_ONLY_FILE = 0o600;
const OWNER_ONLY_FOLDER = 0o700;

const settingsSchema = z.looseObject({
  stripeSecretKey: z.string().optional(),
  stripeApiBase: z.string().optional(),
  challengeId: z.string().optional(),
  baseUrl: z.string().optional(),
  /** Signing secrets by where their events come from, as `secretName` writes it. */
  webhookSecrets: z.record(z.string(), z.string()).optional(),
});

/** What may be saved. Addresses without a trailing slash; secrets as Stripe wrote them. */
export type SavedSettings = z.output<typeof settingsSchema>;

/** Names where a signing secret belongs: `source` is an endpoint's id or `stripe-cli`, at the Stripe API in use. */
export function secretName(source: string, apiBase: string | undefined): string {
  return `${source}${atHost(apiBase)}`;
}

/** The saved signing secrets of the Stripe API in use: those of the sandbox never count for Stripe itself, nor the other way round. */
export function savedSecrets(settings: SavedSettings, apiBase: string | undefined): string[] {
  const named = Object.entries(settings.webhookSecrets ?? {});
  return named.filter(([name]) => name.endsWith(atHost(apiBase))).map(([, secret]) => secret);
}

function atHost(apiBase: string | undefined): string {
  return `@${apiBase ? new URL(apiBase).host : 'api.stripe.com'}`;
}

/** The path of the settings file in its folder. */
export function settingsPath(configDir: string): string {
  return join(configDir, `${SETTINGS_NAME}.json`);
}

/** Reads the saved settings; none are an empty object. Throws `usage` where the file cannot be read as settings. */
export function readSettings(configDir: string): SavedSettings {
  const path = settingsPath(configDir);
  const text = readIfThere(path);
  if (text === undefined) return {};
  tighten(path);
  return checkedSettings(path, text);
}

/** What stands in the file is never quoted: it holds secrets. */
function checkedSettings(path: string, text: string): SavedSettings {
  try {
    return settingsSchema.parse(JSON.parse(text));
  } catch (error) {
    const what = error instanceof SyntaxError ? 'is not JSON' : 'does not hold what devchat saves';
    throw new DevchatError('usage', `the settings file ${path} ${what}`, 'mend it, or move it away and run devchat init');
  }
}

/** What is to be saved, or how it follows from what is there at that moment. */
export type SettingsChanges = SavedSettings | ((saved: SavedSettings) => SavedSettings);

/**
 * Saves settings beside those that are there; `undefined` takes one away. The file is replaced in one step at mode 0600.
 * Throws `failed` where the folder cannot be written or the file is a link to somewhere else, and `usage` as `readSettings` does.
 */
export async function saveSettings(configDir: string, changes: SettingsChanges): Promise<void> {
  const path = settingsPath(configDir);
  const Conf = await importConf();
  readSettings(configDir);
  refuseLink(path);
  try {
    mkdirSync(configDir, { recursive: true, mode: OWNER_ONLY_FOLDER });
    // Read in the same turn as written: what another command saves meanwhile is not lost.
    await inTurn(join(configDir, LOCK_NAME), () => replaceSettings(configDir, changes, Conf));
  } catch (error) {
    if (error instanceof DevchatError) throw error;
    throw new DevchatError('failed', `cannot save the settings in ${path}: ${(error as Error).message}`, 'make the folder writable, or set DEVCHAT_CONFIG_DIR', error);
  }
}

function replaceSettings(configDir: string, changes: SettingsChanges, Conf: Awaited<ReturnType<typeof importConf>>): void {
  const saved = readSettings(configDir);
  const beside = `${SETTINGS_NAME}.${process.pid}`;
  const written = join(configDir, `${beside}.json`);
  try {
    rmSync(written, { force: true });
    const conf = new Conf<SavedSettings>({ cwd: configDir, configName: beside, configFileMode: OWNER_ONLY_FILE });
    conf.store = withoutUndefined({ ...saved, ...(typeof changes === 'function' ? changes(saved) : changes) });
    refuseHalf(written);
    renameSync(written, settingsPath(configDir));
  } finally {
    rmSync(written, { force: true });
  }
}

/** A disk that runs full takes a part, and conf does not look how much. */
function refuseHalf(path: string): void {
  try {
    JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    throw new Error('the disk is full');
  }
}

/** conf brings along listeners that end the process at the first signal, whatever still has to stop: they are taken away again. */
async function importConf() {
  const before = STOP_SIGNALS.map((signal) => process.listeners(signal));
  const { default: Conf } = await import('conf');
  STOP_SIGNALS.forEach((signal, index) => {
    for (const listener of process.listeners(signal)) if (!before[index]?.includes(listener)) process.off(signal, listener);
  });
  return Conf;
}

/** When the settings file last changed, in milliseconds; 0 where there is none. */
export function settingsChangedAt(configDir: string): number {
  return statSync(settingsPath(configDir), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new DevchatError('usage', `cannot read the settings file ${path}: ${(error as Error).message}`, 'make it readable for you, or set DEVCHAT_CONFIG_DIR', error);
  }
}

function tighten(path: string): void {
  const looseBits = statSync(path).mode & 0o077;
  if (looseBits !== 0) chmodSync(path, OWNER_ONLY_FILE);
}

function refuseLink(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) {
    throw new DevchatError('failed', `${path} is a symbolic link; secrets are not written through it`, 'replace the link by a file, or set DEVCHAT_CONFIG_DIR');
  }
}

function withoutUndefined(settings: SavedSettings): SavedSettings {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}
