/** Tells a person of subscriptions, however many they are. */
import type { SubscriptionView } from '../core/billing/views.ts';
import type { Io } from './io.ts';
import { inPieces } from './render/lines.ts';
import { subscriptionLines, subscriptionRow } from './render/subscriptions.ts';
import { ManyRows } from './render/table.ts';

/** As a table, once the last page is read: of each, a line of text is held until then. */
export async function tellSubscriptions(pages: AsyncIterable<readonly SubscriptionView[]>, io: Io): Promise<void> {
  const rows = new ManyRows();
  for await (const page of pages) page.forEach((each) => rows.add(subscriptionRow(each, io.colour.out)));
  if (rows.count === 0) return io.talk('No subscription is cached yet.');
  await io.writeAll(inPieces(subscriptionLines(rows, io.colour.out, io.room.out)));
}
