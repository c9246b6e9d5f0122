/** Vitest's set-up that records what the sandbox says while a test file runs, for the check of its shapes. */
import { subscribe } from 'node:diagnostics_channel';
import { expect } from 'vitest';
import { ANSWERS, EVENTS } from '../../sandbox/watched.ts';
import { startRecording } from './recordings.ts';

const record = startRecording(expect.getState().testPath ?? '');

subscribe(ANSWERS.name, (body) => record(JSON.parse(body as string)));
subscribe(EVENTS.name, record);
