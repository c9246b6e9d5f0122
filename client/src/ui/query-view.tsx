/** One order for every view of data: loading, error (with a retry), empty, data. */
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ErrorText } from './error-text.tsx';

interface QueryViewProps<Data> {
  query: UseQueryResult<Data>;
  /** What is being looked at, as in "Loading your subscription…". */
  what: string;
  /** What to show instead of `children` when there is nothing. */
  empty?: { when: (data: Data) => boolean; show: ReactNode };
  children: (data: Data) => ReactNode;
}

/** Data that is there stays on show when a later refresh fails. */
export function QueryView<Data>({ query, what, empty, children }: QueryViewProps<Data>) {
  if (query.data === undefined) return query.isError ? <Failure query={query} what={what} /> : <Loading what={what} />;
  if (empty?.when(query.data)) return empty.show;
  return children(query.data);
}

function Loading({ what }: { what: string }) {
  return (
    <p role="status" className="loading">
      Loading {what}…
    </p>
  );
}

function Failure<Data>({ query, what }: Pick<QueryViewProps<Data>, 'query' | 'what'>) {
  return (
    <section className="panel warn stack" role="alert">
      <h2>Could not load {what}</h2>
      {query.error && <ErrorText error={query.error} />}
      <button type="button" className="button" disabled={query.isFetching} onClick={() => void query.refetch()}>
        {query.isFetching ? 'Trying…' : 'Try again'}
      </button>
    </section>
  );
}
