/** Whether the webhook endpoint hears all that devchat needs. */
import { RELEVANT_TYPES } from '../../../core/billing/apply-event.ts';
import type { Finding } from '../../../core/config-file.ts';
import type { Settings } from '../resources/resource.ts';
import { listAt, when, type Check } from './check.ts';
import { checkMetadata } from './metadata-checks.ts';

export const WEBHOOK_CHECKS: readonly Check[] = [hearsEverything, ({ metadata }) => checkMetadata(metadata, ['metadata'])];

const EVERY_TYPE = '*';
const path = ['enabled_events'];

function hearsEverything(merged: Settings): Finding[] {
  const types = listAt(merged, 'enabled_events');
  const isEvery = types.includes(EVERY_TYPE);
  const missing = isEvery ? [] : RELEVANT_TYPES.filter((type) => !types.includes(type));
  return [
    ...when(isEvery && types.length > 1, { path, what: 'names others beside *, which is all of them', fix: 'set it to ["*"]' }),
    ...when(missing.length > 0, { path, what: `lacks ${missing.join(', ')}, which devchat needs`, fix: 'add what is missing, or set it to ["*"]' }),
  ];
}
