/** The sandbox's state: every object whole, as JSON, in one SQLite file with an index for each field that lists ask for. */
import type Database from 'better-sqlite3';
import type { DueMoment, DueObject, ListQuery, Store, StripeObject, Where } from './world.ts';
import { openDatabase } from './store-file.ts';

/** Top-level fields with a column and an index of their own. `few`: each value has few objects, so the index finds them quickest. */
const INDEXED = {
  customer: 'few',
  subscription: 'few',
  product: 'few',
  lookup_key: 'few',
  email: 'few',
  invoice: 'few',
  payment_intent: 'few',
  event: 'few',
  _pending_for: 'few',
  _token: 'few',
  test_clock: 'few',
  status: 'many',
  type: 'many',
} as const;
const COLUMNS = Object.keys(INDEXED) as (keyof typeof INDEXED)[];

interface Row {
  body: string;
}
interface Position {
  created: number;
  sequence: number;
}
interface Condition {
  sql: string;
  values: (string | number)[];
}

/** What will happen first to an object by itself. The store keeps the moment and does not know what it is. */
export type DueOf = (object: StripeObject) => DueMoment | undefined;

/** Opens the state kept in `file`, or in memory. Throws an Error that names the file when it cannot be read. */
export function openStore(file?: string, dueOf: DueOf = () => undefined): Store {
  const upgrade = (database: Database.Database): void => addDueMoments(database, dueOf);
  return createStore(openDatabase(file, { schema: schema(), upgrade }), dueOf);
}

function schema(): string {
  const columns = COLUMNS.map((column) => `"${column}" TEXT`).join(', ');
  return `
    CREATE TABLE objects (sequence INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, id TEXT NOT NULL,
      created INTEGER NOT NULL, body TEXT NOT NULL, ${columns}, ${DUE_COLUMNS.join(', ')});
    CREATE UNIQUE INDEX objects_id ON objects (kind, id);
    CREATE INDEX objects_created ON objects (kind, created);
    ${COLUMNS.map(indexOn).join('\n')}
    ${DUE_INDEX}
    CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;`;
}

function indexOn(column: string): string {
  return `CREATE INDEX "objects_${column}" ON objects (kind, "${column}", created) WHERE "${column}" IS NOT NULL;`;
}

/** An empty `due_clock` is the sandbox's own time. */
const DUE_COLUMNS = ['due INTEGER', "due_clock TEXT NOT NULL DEFAULT ''"] as const;
const DUE_INDEX = 'CREATE INDEX objects_due ON objects (due_clock, due, sequence) WHERE due IS NOT NULL;';

/** Layout 1 knew neither test clocks nor due moments, and remembered told trial ends as settings. */
function addDueMoments(database: Database.Database, dueOf: DueOf): void {
  database.function('due_of', (body) => dueOf(JSON.parse(body as string) as StripeObject)?.at ?? null);
  database.exec(`
    ${['test_clock TEXT', ...DUE_COLUMNS].map((column) => `ALTER TABLE objects ADD COLUMN ${column};`).join('\n')}
    ${indexOn('test_clock')}
    ${DUE_INDEX}
    UPDATE objects SET body = json_set(body, '$._trial_end_told', CAST(value AS INTEGER)) FROM settings
      WHERE kind = 'subscription' AND name = 'trial_end_told.' || id;
    DELETE FROM settings WHERE name LIKE 'trial_end_told.%';
    UPDATE objects SET due = due_of(body);`);
}

function createStore(database: Database.Database, dueOf: DueOf): Store {
  const prepare = statementCache(database);
  const begin = database.transaction((work: () => unknown) => work());
  return {
    transaction: <T>(work: () => T) => (database.inTransaction ? work() : (begin(work) as T)),
    insert(object) {
      prepare(INSERT).run(object.object, object.id, ...cellsOf(object, dueOf(object)));
      return object;
    },
    save(object) {
      const { changes } = prepare(UPDATE).run(...cellsOf(object, dueOf(object)), object.object, object.id);
      if (changes === 0) throw new Error(`There is no ${object.object} ${object.id} to save`);
      return object;
    },
    find: <T>(kind: string, id: string) => {
      const row = prepare('SELECT body FROM objects WHERE kind = ? AND id = ?').get(kind, id) as Row | undefined;
      return row && (JSON.parse(row.body) as T);
    },
    list: <T>(kind: string, query: ListQuery) => listPage<T>(prepare, kind, query),
    all<T>(kind: string, where: Where = {}) {
      const { sql, values } = conditionsOf(kind, where, 'any');
      const rows = prepare(`SELECT body FROM objects WHERE ${sql} ORDER BY created, sequence`).all(...values) as Row[];
      return rows.map((row) => JSON.parse(row.body) as T);
    },
    nextDue: (testClock) => prepare(NEXT_DUE).get(testClock ?? '') as DueObject | undefined,
    count: (kind) => (prepare('SELECT count(*) AS count FROM objects WHERE kind = ?').get(kind) as { count: number }).count,
    kinds: () => (prepare('SELECT DISTINCT kind FROM objects').all() as { kind: string }[]).map((row) => row.kind),
    values: (kind, field) =>
      prepare(`SELECT DISTINCT "${field}" FROM objects WHERE kind = ? AND "${field}" IS NOT NULL`).pluck().all(kind) as string[],
    remove: (kind, id) => void prepare('DELETE FROM objects WHERE kind = ? AND id = ?').run(kind, id),
    setting: (name) =>
      (prepare('SELECT value FROM settings WHERE name = ?').get(name) as { value: string } | undefined)?.value,
    setSetting: (name, value) => void prepare('INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)').run(name, value),
    changes: () => prepare('SELECT total_changes()').pluck().get() as number,
    clear: (keptKinds) =>
      void database.prepare(`DELETE FROM objects WHERE kind NOT IN (${keptKinds.map(() => '?').join(', ')})`).run(...keptKinds),
    close: () => void database.close(),
  };
}

const CELLS = ['created', 'body', 'due', 'due_clock', ...COLUMNS].map((name) => `"${name}"`);
const INSERT = `INSERT INTO objects (kind, id, ${CELLS.join(', ')}) VALUES (?, ?, ${CELLS.map(() => '?').join(', ')})`;
const UPDATE = `UPDATE objects SET ${CELLS.map((cell) => `${cell} = ?`).join(', ')} WHERE kind = ? AND id = ?`;
const NEXT_DUE = 'SELECT kind, id, due AS at FROM objects WHERE due_clock = ? AND due IS NOT NULL ORDER BY due, sequence LIMIT 1';

function cellsOf(object: StripeObject, due: DueMoment | undefined): (string | number | null)[] {
  const fields = object as unknown as Record<string, unknown>;
  const created = typeof fields.created === 'number' ? fields.created : 0;
  const columns = COLUMNS.map((column) => {
    const value = fields[column];
    return typeof value === 'string' ? value : null;
  });
  return [created, JSON.stringify(object), due?.at ?? null, due?.testClock ?? '', ...columns];
}

type Prepare = (sql: string) => Database.Statement<unknown[]>;

function statementCache(database: Database.Database): Prepare {
  const statements = new Map<string, Database.Statement<unknown[]>>();
  return (sql) => {
    const known = statements.get(sql);
    if (known) return known;
    const statement = database.prepare<unknown[]>(sql);
    statements.set(sql, statement);
    return statement;
  };
}

/** Reads one more than asked, to know whether there is more; a page before a cursor is read backwards and turned round. */
function listPage<T>(prepare: Prepare, kind: string, query: ListQuery): { data: T[]; hasMore: boolean } {
  const conditions = [conditionsOf(kind, query.where ?? {}, 'newest'), ...createdConditions(query.created ?? {})];
  const backwards = query.endingBefore !== undefined;
  const cursor = query.startingAfter ?? query.endingBefore;
  if (cursor !== undefined) conditions.push(beyond(positionOf(prepare, kind, cursor), backwards ? '>' : '<'));
  const direction = backwards ? 'ASC' : 'DESC';
  const where = conditions.map((condition) => condition.sql).join(' AND ');
  const sql = `SELECT body FROM objects WHERE ${where} ORDER BY created ${direction}, sequence ${direction} LIMIT ?`;
  const values = conditions.flatMap((condition) => condition.values);
  const rows = prepare(sql).all(...values, query.limit + 1) as Row[];
  const data = rows.slice(0, query.limit).map((row) => JSON.parse(row.body) as T);
  return { data: backwards ? data.reverse() : data, hasMore: rows.length > query.limit };
}

function beyond({ created, sequence }: Position, sign: '<' | '>'): Condition {
  return { sql: `(created, sequence) ${sign} (?, ?)`, values: [created, sequence] };
}

function positionOf(prepare: Prepare, kind: string, id: string): Position {
  const row = prepare('SELECT created, sequence FROM objects WHERE kind = ? AND id = ?').get(kind, id);
  if (row === undefined) throw new Error(`There is no ${kind} ${id} to list from`);
  return row as Position;
}

const SIGNS = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;

function createdConditions(created: NonNullable<ListQuery['created']>): Condition[] {
  return (Object.keys(SIGNS) as (keyof typeof SIGNS)[]).flatMap((word) => {
    const bound = created[word];
    return bound === undefined ? [] : [{ sql: `created ${SIGNS[word]} ?`, values: [bound] }];
  });
}

function conditionsOf(kind: string, where: Where, order: 'newest' | 'any'): Condition {
  const conditions = Object.entries(where).map(([field, value]) => conditionOn(field, value, order));
  return {
    sql: ['kind = ?', ...conditions.map((condition) => condition.sql)].join(' AND '),
    values: [kind, ...conditions.flatMap((condition) => condition.values)],
  };
}

function conditionOn(field: string, value: Where[string], order: 'newest' | 'any'): Condition {
  const place = placeOf(field);
  if (value === null) return { sql: `${place} IS NULL`, values: [] };
  if (typeof value !== 'object') return { sql: `${place} = ?`, values: [bindable(value)] };
  // Where a value has many objects, its index would have to sort them all: the plus sign keeps SQLite on the order of time.
  const hint = order === 'newest' && !isFew(field) ? '+' : '';
  return { sql: `${hint}${place} IN (${value.map(() => '?').join(', ')})`, values: [...value] };
}

function placeOf(field: string): string {
  if (Object.hasOwn(INDEXED, field) || field === 'id') return `"${field}"`;
  if (!/^\w+(\.\w+)*$/.test(field)) throw new Error(`Lists cannot be filtered by ${field}`);
  return `json_extract(body, '$.${field}')`;
}

function isFew(field: string): boolean {
  return field === 'id' || INDEXED[field as keyof typeof INDEXED] === 'few';
}

function bindable(value: string | number | boolean): string | number {
  return typeof value === 'boolean' ? Number(value) : value;
}
