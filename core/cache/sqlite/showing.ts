/** Sorts the journal by the objects that its events show, for a rebuild: what every event is written to only ever grows at its end. */
import { change, type Work } from '../statement.ts';

/** Of this connection alone, in a file that SQLite takes away by itself. */
const make = change(`
  CREATE TEMP TABLE showing (
    object   TEXT NOT NULL,
    rank     INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    PRIMARY KEY (object, rank, sequence)
  ) STRICT, WITHOUT ROWID`);
/** A rebuild reads each page about once: to keep more of them would only take memory. In KiB. */
const keepFewPages = [change(`PRAGMA main.cache_size = -2000`), change(`PRAGMA temp.cache_size = -2000`)];
const drop = change(`DROP TABLE IF EXISTS temp.showing`);
/** In the rows of the events themselves, object and rank stand behind the text. */
const add = change(`
  INSERT INTO showing (object, rank, sequence)
  SELECT object, rank, sequence FROM events INDEXED BY events_by_rank
  WHERE object IS NOT NULL AND sequence > (SELECT coalesce(max(sequence), 0) FROM showing) ORDER BY object, rank, sequence`);

/** As `Engine.sort`. */
export function* sort({ anew }: { anew: boolean }): Work<void> {
  if (anew) {
    for (const keep of keepFewPages) yield* keep();
    yield* drop();
    yield* make();
  }
  yield* add();
}
