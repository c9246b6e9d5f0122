/** Starts the sandbox from a command, and says in our words why it could not. */
import { startSandbox } from '../../sandbox/main.ts';
import { DevchatError } from '../../core/errors.ts';

type Sandbox = Awaited<ReturnType<typeof startSandbox>>;

/** Throws `conflict` where the port is taken, and `failed` where its state cannot be used. */
export async function startSandboxAt(options: Parameters<typeof startSandbox>[0] & { port: number }): Promise<Sandbox> {
  try {
    return await startSandbox(options);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') throw new DevchatError('conflict', `port ${options.port} on 127.0.0.1 is taken, perhaps by another sandbox`, 'stop it, or choose another with --port (of devchat up: --sandbox-port)', error);
    throw new DevchatError('failed', `the sandbox cannot start: ${message}`, 'make it usable, or choose another folder (devchat sandbox --data, or DEVCHAT_DATA_DIR)', error);
  }
}
