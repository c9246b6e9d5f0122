/** Before the first test on PostgreSQL: one server for all of them, stopped after the last. */
import { startPostgres } from './postgres-server.ts';

export const SERVER_VARIABLE = 'POSTGRES_OF_THE_TESTS';

export default async function prepare(): Promise<() => Promise<void>> {
  const server = await startPostgres();
  process.env[SERVER_VARIABLE] = server.url('postgres');
  return () => server.stop();
}
