/** Where the settings send notices. */
import type { Config } from '../config.ts';
import type { NoticeTarget } from './notice.ts';

/** The targets that are set; none means that notices are written down and go nowhere. */
export function noticeTargetsOf({ noticeCommand, noticeUrl }: Pick<Config, 'noticeCommand' | 'noticeUrl'>): NoticeTarget[] {
  return [...(noticeCommand ? (['command'] as const) : []), ...(noticeUrl ? (['address'] as const) : [])];
}
