/** `GET /users/me/live`: each change of the cached state replaces what `GET /users/me` said. */
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { MeAnswer, UserView } from '../../../../daemon/contract.ts';
import { meQuery } from './get-me.ts';

/** A connection that is back sooner than this was never worth a word. */
const LOST_AFTER_MILLISECONDS = 4_000;
const RECONNECT_AFTER_MILLISECONDS = 3_000;

/** Follows the signed-in user's state, with which each stream begins; says whether the connection is lost. */
export function useLiveMe(): { lost: boolean } {
  const queryClient = useQueryClient();
  const [lost, setLost] = useState(false);
  useEffect(() => {
    const { queryKey } = meQuery;
    return followUser({
      // A request under way may hold an older answer than what has just been pushed.
      show: (user) => void queryClient.cancelQueries({ queryKey }).then(() => queryClient.setQueryData(queryKey, user)),
      // A refused stream may mean that nobody is signed in any more.
      askAgain: () => void queryClient.invalidateQueries({ queryKey }),
      setLost,
    });
  }, [queryClient]);
  return { lost };
}

interface Listener {
  show(user: UserView): void;
  askAgain(): void;
  setLost(lost: boolean): void;
}

function followUser({ show, askAgain, setLost }: Listener): () => void {
  let source: EventSource;
  let lostTimer: number | undefined;
  let reconnectTimer: number | undefined;

  function connect() {
    source = new EventSource('/users/me/live');
    source.addEventListener('user', ({ data }: MessageEvent<string>) => show((JSON.parse(data) as MeAnswer).user));
    source.addEventListener('open', connected);
    source.addEventListener('error', disconnected);
  }

  function connected() {
    clearTimeout(lostTimer);
    lostTimer = undefined;
    setLost(false);
  }

  function disconnected() {
    lostTimer ??= window.setTimeout(() => setLost(true), LOST_AFTER_MILLISECONDS);
    // EventSource reconnects by itself, but not after an error status such as 503.
    if (source.readyState === EventSource.CLOSED) reconnectTimer = window.setTimeout(reconnect, RECONNECT_AFTER_MILLISECONDS);
  }

  function reconnect() {
    askAgain();
    connect();
  }

  connect();
  return () => {
    clearTimeout(lostTimer);
    clearTimeout(reconnectTimer);
    source.close();
  };
}
