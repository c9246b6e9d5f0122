/** Runs one command of the documentation's table with the real program, and finds out whether it passes. */
import type Stripe from 'stripe';
import { expect } from 'vitest';
import { freshFolder } from '../../support/folders.ts';
import { waitFor } from '../../support/wait-for.ts';
import { openListener, type SandboxUnderTest } from '../sandbox/running-sandbox.ts';
import { COMMANDS, type Command } from './commands.ts';
import { openGateway, type Gateway } from './gateway.ts';
import type { Names } from './given.ts';
import { LISTENING, type Play } from './listening.ts';
import { stripePrograms, type Program, type StripePrograms } from './stripe-program.ts';

const EVENT_LIMIT_MS = 2000;
const READY_LIMIT_MS = 5000;
/** Triggers that are named after no event of their own. */
const CAUSES: Record<string, string> = {
  'subscription.payment_failed': 'invoice.payment_failed',
  'subscription.payment_succeeded': 'invoice.payment_succeeded',
};

/** `why` tells what was missing when it does not pass. */
export interface Verdict {
  passes: boolean;
  why: string;
}

/** Whether the test knows how to run a command. */
export function isKnown(command: string): boolean {
  return command in COMMANDS || command in LISTENING || triggerOf(command) !== undefined;
}

/** The event type of a bare `stripe trigger`. */
export function triggerOf(command: string): string | undefined {
  return /^stripe trigger (\S+)$/.exec(command)?.[1];
}

/** Each trial has a gateway, a folder and programs of its own; the sandbox is shared. */
export async function tryCommand(command: string, sandbox: SandboxUnderTest): Promise<Verdict> {
  const gateway = await openGateway(Number(new URL(sandbox.url).port));
  const folder = freshFolder();
  const programs = stripePrograms(gateway.url, folder.path);
  try {
    const play = LISTENING[command];
    if (play) await listenTo(play, command, { sandbox, programs });
    else await runOnce(command, { sandbox, gateway, programs, folder: folder.path });
    return { passes: true, why: '' };
  } catch (error) {
    return { passes: false, why: (error as Error).message };
  } finally {
    programs.stop();
    await gateway.close();
    folder.remove();
  }
}

interface Stage {
  sandbox: SandboxUnderTest;
  gateway: Gateway;
  programs: StripePrograms;
  folder: string;
}

async function runOnce(text: string, { sandbox, gateway, programs, folder }: Stage): Promise<void> {
  const trigger = triggerOf(text);
  const command: Command = trigger === undefined ? COMMANDS[text]! : { emits: CAUSES[trigger] ?? trigger };
  const names = (await command.given?.(sandbox.stripe, folder)) ?? {};
  const program = start(programs, text, names);
  expect(await program.ended, program.output()).toBe(0);
  expect(program.output()).not.toContain('"error": {');
  if (command.prints) expect(jsonOf(program.output())).toMatchObject(command.prints);
  if (command.emits) await emitted(sandbox.stripe, gateway, command.emits, fill(command.about ?? {}, names));
}

function start(programs: StripePrograms, command: string, names: Names): Program {
  return programs.run(...command.replace(/\$([A-Z_]+)/g, (_, name: string) => names[name] ?? '').split(' ').slice(1));
}

function jsonOf(output: string): unknown {
  return JSON.parse(output.slice(output.indexOf('{'), output.lastIndexOf('}') + 1));
}

function fill(about: Record<string, unknown>, names: Names): Record<string, unknown> {
  const filled = (value: unknown) => (typeof value === 'string' && value.startsWith('$') ? names[value.slice(1)] : value);
  return Object.fromEntries(Object.entries(about).map(([name, value]) => [name, filled(value)]));
}

/** The event exists in /v1/events, and this very program caused it. */
async function emitted(stripe: Stripe, gateway: Gateway, type: string, about: object): Promise<void> {
  const search = async (): Promise<Stripe.Event | undefined> => {
    const { data } = await stripe.events.list({ type, limit: 100 });
    return data.find((event) => gateway.caused(event));
  };
  const event = (await waitFor(`the event ${type}`, search, EVENT_LIMIT_MS))!;
  expect(event.data.object).toMatchObject(about);
}

async function listenTo(play: Play, command: string, { sandbox, programs }: Pick<Stage, 'sandbox' | 'programs'>): Promise<void> {
  const listener = await openListener();
  const begin = (text = command): Program => start(programs, text, { URL: listener.url });
  const ready = async (): Promise<Program> => {
    const program = begin();
    await program.printed('Ready!', READY_LIMIT_MS);
    return program;
  };
  try {
    await play({ stripe: sandbox.stripe, listener, start: begin, ready });
  } finally {
    await listener.close();
  }
}
