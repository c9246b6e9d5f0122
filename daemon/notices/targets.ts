/** Where notices can go, and a sender for each place that is set. */
import type { Cache } from '../../core/cache/cache.ts';
import type { Config } from '../../core/config.ts';
import type { NoticeTarget } from '../../core/notices/notice.ts';
import { noticeTargetsOf } from '../../core/notices/targets.ts';
import type { Logger } from '../logger.ts';
import { sendToAddress } from './address.ts';
import { sendToCommand } from './command.ts';
import { Sender, type Send } from './sender.ts';

const TARGETS: Readonly<Record<NoticeTarget, { limitMilliseconds: number; open: (config: Config) => Send }>> = {
  command: { limitMilliseconds: 30_000, open: sendToCommand },
  address: { limitMilliseconds: 15_000, open: sendToAddress },
};

/** Throws `not-configured` and `usage` where a target is set that cannot work. */
export function noticeSenders(config: Config, cache: Cache, logger: Logger): Sender[] {
  return noticeTargetsOf(config).map((name) => {
    const { limitMilliseconds, open } = TARGETS[name];
    return new Sender({ name, limitMilliseconds, send: open(config) }, cache, logger);
  });
}
