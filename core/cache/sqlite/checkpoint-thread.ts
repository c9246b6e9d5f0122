/** The thread of checkpoints.ts: each message but the last asks for a checkpoint. */
import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';

const database = new Database(workerData as string, { fileMustExist: true });
database.pragma('synchronous = FULL');

parentPort!.on('message', (message) => {
  if (message === 'stop') {
    database.close();
    parentPort!.close();
    return;
  }
  tryCheckpoint();
  parentPort!.postMessage('done');
});

/** Whoever writes or reads is neither stopped nor waited for. What fails, as on a full disk, is tried again with the next. */
function tryCheckpoint(): void {
  try {
    database.pragma('wal_checkpoint(PASSIVE)');
  } catch {
    // whoever commits meets the same, and tells of it
  }
}
