/** The machines on which devchat provisions, as real processes that are told the same account. */
import { join } from 'node:path';
import { freshFolder, type FreshFolder } from '../support/folders.ts';
import { runDevchat, startDevchat, type Finished, type Running, type Surroundings } from '../support/processes.ts';
import { programOf, type Build } from './provision-builds.ts';

export const CHALLENGE = 'devchat-faults';
export const BASE_URL = 'https://pair.example.com';

const CANARY = 'canary0123456789';
const SECRETS = /whsec_\w+|canary\w+/g;

export interface Process {
  /** Its Stripe key ends in this; all have one key where not told. */
  caller?: string;
  /** The machine on which it runs, with settings of its own; one for all where not told. */
  machine?: string;
  /** Another devchat than the right one. */
  build?: Build | undefined;
  env?: Record<string, string>;
}

export interface Machines {
  /** Starts `devchat <args>` and leaves it running. */
  start(args: readonly string[], process?: Process): Running;
  /** Runs `devchat <args>` to its end. */
  run(args: readonly string[], process?: Process): Promise<Finished>;
  /** Where the settings of a machine lie. */
  configDir(machine?: string): string;
  /** How many processes there were. */
  many(): number;
  /** The keys and signing secrets that any process has shown. */
  secretsShown(): string[];
  remove(): void;
}

/** `apiBase` is where they find Stripe. */
export function machinesAt(apiBase: string): Machines {
  const folders = new Map<string, FreshFolder>();
  const outputs: (() => string)[] = [];
  const folderOf = (machine = 'one') => {
    const folder = folders.get(machine) ?? freshFolder();
    folders.set(machine, folder);
    return folder.path;
  };
  const surroundings = ({ caller = '', machine, build, env }: Process): Surroundings => ({
    folder: folderOf(machine),
    program: build && programOf(build),
    env: { STRIPE_API_BASE: apiBase, STRIPE_SECRET_KEY: keyOf(caller), CHALLENGE_ID: CHALLENGE, DEVCHAT_BASE_URL: BASE_URL, ...env },
  });
  return {
    start: (args, process = {}) => {
      const running = startDevchat(args, surroundings(process));
      outputs.push(running.output);
      return running;
    },
    run: async (args, process = {}) => {
      const finished = await runDevchat(args, surroundings(process));
      outputs.push(() => finished.stdout + finished.stderr);
      return finished;
    },
    configDir: (machine) => join(folderOf(machine), 'config', 'devchat'),
    many: () => outputs.length,
    secretsShown: () => outputs.flatMap((output) => output().match(SECRETS) ?? []),
    remove: () => folders.forEach(({ remove }) => remove()),
  };
}

/** The key that a process shows. */
export function keyOf(caller: string): string {
  return `sk_test_${CANARY}${caller}`;
}
