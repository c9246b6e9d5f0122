/** Starts the sandbox from a command, and says in our words why it could not. */
import { SWITCHES, startSandbox } from '../../sandbox/main.ts';
import { DevchatError } from '../../core/errors.ts';

type Sandbox = Awaited<ReturnType<typeof startSandbox>>;

/** What can be set about the sandbox: a flag of `devchat sandbox` for each. */
export { SWITCHES };

/** What makes a folder unfit to keep anything in. */
const UNFIT: readonly (string | undefined)[] = ['EACCES', 'EEXIST', 'EISDIR', 'ENOTDIR', 'EPERM', 'EROFS'];

/** Throws `conflict` where the port is taken, `usage` where port or folder cannot be used, and `failed` where its state cannot be used. */
export async function startSandboxAt(options: Parameters<typeof startSandbox>[0] & { port: number }): Promise<Sandbox> {
  try {
    return await startSandbox(options);
  } catch (error) {
    const { code, message, syscall } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') throw new DevchatError('conflict', `port ${options.port} on 127.0.0.1 is taken, perhaps by another sandbox`, 'stop it, or choose another with --port (of devchat up: --sandbox-port)', error);
    if (syscall === 'listen') throw new DevchatError('usage', `the sandbox cannot listen on port ${options.port}: ${message}`, 'choose another with --port (of devchat up: --sandbox-port)', error);
    if (UNFIT.includes(code)) throw new DevchatError('usage', `the sandbox cannot keep its state in ${options.dataFolder ?? ''}: ${message}`, 'name a folder that can be written with --data (of devchat up: DEVCHAT_DATA_DIR)', error);
    throw new DevchatError('failed', `the sandbox cannot start: ${message}`, 'make it usable, or choose another folder (devchat sandbox --data, or DEVCHAT_DATA_DIR)', error);
  }
}
