/**
 * SQL as the tables speak it, without an engine: what the tables do are generators that yield a statement and go on with what it answered.
 * So one text of the rules serves an engine that answers at once (SQLite) and one across a wire (PostgreSQL). Both understand the SQL.
 */

/** What a statement answers with: all rows or the first, the first column of them, or how many rows it changed. */
export type Answer = 'rows' | 'row' | 'values' | 'value' | 'change';

/** A text that is prepared once for each engine: it is known by its identity. Places are `?` or `:name`. */
export interface Statement {
  readonly sql: string;
  readonly answer: Answer;
}

/** A statement with what stands in its places: a list of values, or one object by names. */
export interface Call {
  readonly statement: Statement;
  readonly parameters: readonly unknown[];
}

/** Something done with the tables, in one transaction. It may be run anew from its start where the engine has to. */
export type Work<T> = Generator<Call, T, unknown>;

type Ask<T> = (...parameters: readonly unknown[]) => Work<T>;

export const rows = <Row>(sql: string): Ask<Row[]> => statement(sql, 'rows');
export const row = <Row>(sql: string): Ask<Row | undefined> => statement(sql, 'row');
export const values = <Value>(sql: string): Ask<Value[]> => statement(sql, 'values');
export const value = <Value>(sql: string): Ask<Value | undefined> => statement(sql, 'value');
export const change = (sql: string): Ask<number> => statement(sql, 'change');

function statement<T>(sql: string, answer: Answer): Ask<T> {
  const made: Statement = { sql, answer };
  return function* (...parameters) {
    return (yield { statement: made, parameters }) as T;
  };
}
