/**
 * A program for a test: records events in the cache at argv[2] until the disk takes no more, then says as JSON how many were
 * acknowledged, how the next one was refused, and whether the cache can still be read. Run it with a limit on the file size.
 */
import { openCache } from '../../core/cache/open-cache.ts';
import { DevchatError } from '../../core/errors.ts';
import { tell } from './caches.ts';
import { event } from './stripe-objects.ts';

const FILLING = 'x'.repeat(20_000);

const cache = await openCache(process.argv[2] ?? '', { livemode: false });
let acknowledged = 0;
let refusal: unknown;
while (refusal === undefined) {
  await tell(cache, event('foo.bar', { filling: FILLING })).then(
    () => (acknowledged += 1),
    (error: unknown) => (refusal = error),
  );
}
const readable = (await cache.events({ limit: 10_000 })).length;
const { kind, message } = refusal instanceof DevchatError ? refusal : { kind: 'unexplained', message: (refusal as Error).message };
process.stdout.write(JSON.stringify({ acknowledged, readable, kind, message }));
