/** How it stands with the targets of notices, in words. */
import type { NoticeStatus } from '../status.ts';
import { minutesUtc } from './time.ts';

/** One row for each target; none where no notice goes anywhere. */
export function noticeRows(notices: readonly NoticeStatus[]): Array<readonly [string, string]> {
  return notices.map((notice, index) => [index === 0 ? 'notices' : '', sentence(notice)]);
}

function sentence({ target, isSet, waiting, failingSince, lastError }: NoticeStatus): string {
  const whom = `the ${target}${isSet ? '' : ', which is not set'}`;
  const waits = waiting === 0 ? `nothing waits for ${whom}` : `${waiting} wait${waiting === 1 ? 's' : ''} for ${whom}`;
  return failingSince === null ? waits : `${waits}, failing since ${minutesUtc(failingSince)}: ${lastError}`;
}
