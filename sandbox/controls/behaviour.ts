/** /_sandbox/switches and /_sandbox/faults: how the sandbox behaves from now on. */
import express, { type Router } from 'express';
import type { SandboxWorld } from '../sandbox-world.ts';
import { SWITCHES, type SwitchName } from '../switches.ts';
import { addFault, clearFaults, waitingFaults } from '../wire/faults.ts';
import { Refusal, refusing } from './refusal.ts';

export function behaviourControls({ store, switches }: SandboxWorld): Router {
  const router = express.Router();
  router.get('/switches', (_, response) => void response.json(switches.all()));
  router.get('/switches/table', (_, response) => void response.json({ switches: tableOf(switches.all()) }));
  router.post('/switches', (request, response) => {
    const changes: unknown = request.body;
    if (typeof changes !== 'object' || changes === null || Array.isArray(changes)) throw new Refusal('Send the switches as one JSON object, such as {"dunning_end": "unpaid"}.');
    refusing(() => switches.set(changes as Record<string, unknown>));
    response.json(switches.all());
  });
  router.get('/faults', (_, response) => void response.json({ faults: waitingFaults(store) }));
  router.post('/faults', (request, response) => void response.json(refusing(() => addFault(store, request.body))));
  router.delete('/faults', (_, response) => {
    clearFaults(store);
    response.json({ faults: [] });
  });
  return router;
}

function tableOf(values: Record<SwitchName, unknown>): object[] {
  return Object.entries(SWITCHES).map(([name, { unset, takes, says }]) => ({ name, value: values[name as SwitchName], unset, takes, says }));
}
