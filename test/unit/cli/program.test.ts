import { CommanderError } from 'commander';
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../../cli/commands.ts';
import { createProgram, withoutHelpWord } from '../../../cli/program.ts';
import type { DevchatError } from '../../../core/errors.ts';
import { recordingContext } from './recording-io.ts';

/** Parses `devchat <line>`, which must not come to run a command. */
async function called(line: string) {
  const { context, out, talk } = recordingContext({ folder: '/nowhere' });
  const words = withoutHelpWord(line.split(' ').filter(Boolean));
  const program = await createProgram(words, context, '1.2.3');
  const thrown: unknown = await program.parseAsync(words, { from: 'user' }).then(
    () => expect.fail(`devchat ${line} ran`),
    (error: unknown) => error,
  );
  return { thrown, out, talk };
}

describe('help', () => {
  const lines = COMMANDS.map(({ path }) => path.join(' '));

  test.each(lines)('devchat %s --help fits 80 columns and goes to standard output', async (line) => {
    const { thrown, out, talk } = await called(`${line} --help`);
    expect(thrown).toMatchObject({ exitCode: 0 });
    expect(out[0]).toContain(`Usage: devchat ${line} [options]`);
    expect(out.filter(({ length }) => length > 80)).toEqual([]);
    expect(talk).toEqual([]);
  });

  test('devchat --help names every command and where to start', async () => {
    const { out } = await called('--help');
    for (const { path } of COMMANDS) expect(out).toContainEqual(expect.stringMatching(`^  ${path[0]}\\b`));
    expect(out).toContainEqual('Start with devchat up: it needs no account and no key.');
  });

  test.each(['help events replay', 'events help replay', 'events replay --help', 'events replay -h'])('devchat %s', async (line) => {
    expect((await called(line)).out[0]).toBe('Usage: devchat events replay [options] [id...]');
  });

  test.each(['help', '--help'])('devchat %s is about all', async (line) => {
    expect((await called(line)).out[0]).toBe('Usage: devchat [options] [command]');
  });

  test.each(['', 'events', 'subs'])('devchat %s alone lists its commands as talk: nothing was done', async (line) => {
    const { thrown, out, talk } = await called(line);
    expect(thrown).toBeInstanceOf(CommanderError);
    expect(thrown).toMatchObject({ exitCode: 1 });
    expect(out).toEqual([]);
    expect(talk).toContain('Commands:');
  });

  test('devchat --version', async () => {
    expect((await called('--version')).out).toEqual(['1.2.3']);
  });
});

describe('wrong usage says what is meant and where help is', () => {
  test.each([
    ['prvision', "unknown command 'prvision'", 'did you mean provision? devchat --help tells how'],
    ['help prvision', "unknown command 'prvision'", 'did you mean provision? devchat --help tells how'],
    ['devchat', "unknown command 'devchat'", 'devchat --help tells how'],
    ['events rply', "unknown command 'rply'", 'did you mean replay? devchat events --help tells how'],
    ['help subs lst', "unknown command 'lst'", 'did you mean list? devchat subscriptions --help tells how'],
    ['sandbox statsu', "unknown command 'statsu'", 'devchat sandbox --help tells how'],
    ['sandbox --port 0 status', 'options of devchat sandbox status stand after all of its name', 'devchat sandbox status --help tells which it has'],
    ['sandbox reset --data state', "unknown option '--data'", 'devchat sandbox reset --help tells how'],
    ['sandbox status --no-default-portal', "unknown option '--no-default-portal'", 'devchat sandbox status --help tells how'],
    ['sandbox switches --dunning-end unpaid', "unknown option '--dunning-end'", 'devchat sandbox switches --help tells how'],
    ['sandbox advance 3d --shuffle-events 1', "unknown option '--shuffle-events'", 'devchat sandbox advance --help tells how'],
    ['sandbox deliveries --data=state', "unknown option '--data=state'", 'devchat sandbox deliveries --help tells how'],
    ['sandbox reset --port 0', "option '--port <number>' argument '0' is invalid. It is the port on which the sandbox listens, 1 or more", 'devchat sandbox reset --help tells how'],
    ['--wat', "unknown option '--wat'", 'devchat --help tells how'],
    ['subs list --jsn', "unknown option '--jsn'", 'did you mean --json? devchat subscriptions list --help tells how'],
    ['up now', "too many arguments for 'up'. Expected 0 arguments but got 1", 'devchat up --help tells how'],
    ['events show', "missing required argument 'id'", 'devchat events show --help tells how'],
    ['events replay', 'no event is named, and none is chosen', 'name events by id, or choose them with --since, --until, --type, --customer, --subscription or --failed'],
    ['events replay evt_1 --failed', 'events are named by id or chosen by filters, not both', 'leave out the ids, or --since, --until, --type, --customer, --subscription, --failed and --after'],
    ['events list --since 2x', "option '--since <when>' argument '2x' is invalid. It is a number with s, m, h, d or w, such as 3d", 'devchat events list --help tells how'],
    ['events list --outcome lost', "option '--outcome <outcome>' argument 'lost' is invalid. Allowed choices are applied, ignored, stale, failed", 'devchat events list --help tells how'],
    ['subs end', "missing required argument 'id'", 'devchat subscriptions end --help tells how'],
    ['subs show', "missing required argument 'id|email'", 'devchat subscriptions show --help tells how'],
    ['sessions book ada@example.com', "missing required argument 'when'", 'devchat sessions book --help tells how'],
    ['sessions cancel ses_1 --reason', "option '--reason <text>' argument missing", 'devchat sessions cancel --help tells how'],
    ['provision everything', "'everything' is no <part>. Allowed choices are portal, catalog, webhook", 'devchat provision --help tells how'],
    ['serve --port 65536', "option '--port <number>' argument '65536' is invalid. It is a number from 0 to 65535", 'devchat serve --help tells how'],
    ['sandbox --port 1e3', "option '--port <number>' argument '1e3' is invalid. It is a number from 0 to 65535", 'devchat sandbox --help tells how'],
    ['up --sandbox-port x', "option '--sandbox-port <number>' argument 'x' is invalid. It is a number from 0 to 65535", 'devchat up --help tells how'],
    ['events list --limit 0', "option '--limit <count>' argument '0' is invalid. It is a whole number of 1 or more", 'devchat events list --help tells how'],
    ['sandbox --dunning-end never', "option '--dunning-end <value>' argument 'never' is invalid. It takes cancel, unpaid, leave", 'devchat sandbox --help tells how'],
    ['sandbox switches dunning_end', "'dunning_end' is no <name=value>. It is name=value, such as dunning_end=unpaid", 'devchat sandbox switches --help tells how'],
    ['sandbox advance -3d', "unknown option '-3d'", 'devchat sandbox advance --help tells how'],
    ['sandbox advance 99999d', "'99999d' is no <duration>. It is 1s or more, and ten years at the most", 'devchat sandbox advance --help tells how'],
    ['sandbox advance soon', "'soon' is no <duration>. It is a number with s, m, h, d or w, such as 3d", 'devchat sandbox advance --help tells how'],
  ])('devchat %s', async (line, message, hint) => {
    const { thrown, out, talk } = await called(line);
    const { kind, message: said, hint: hinted } = thrown as DevchatError;
    expect({ kind, said, hinted }).toEqual({ kind: 'usage', said: message, hinted: hint });
    expect([...out, ...talk], 'the caller tells it').toEqual([]);
  });
});
