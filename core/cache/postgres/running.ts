/** Runs work of the tables on a connection, one statement after the other. */
import type { Work } from '../statement.ts';
import type { Connection } from './connections.ts';

export async function running<T>(work: Work<T>, connection: Connection): Promise<T> {
  let step = work.next();
  while (!step.done) step = work.next(await connection.answer(step.value));
  return step.value;
}
