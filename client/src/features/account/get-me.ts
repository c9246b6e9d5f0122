/** `GET /users/me`: who is signed in, with the cached state of the subscription. */
import { queryOptions, useQuery } from '@tanstack/react-query';
import type { MeAnswer, UserView } from '../../../../daemon/contract.ts';
import { ApiError, getJson } from '../../lib/api.ts';

/** Stripe sends people back from Checkout with the Checkout Session's id under this name. */
export const CHECKOUT_SESSION_PARAMETER = 'session_id';

/** The signed-in user; null is nobody. */
export const meQuery = queryOptions({ queryKey: ['me'], queryFn: ({ signal }) => getMe(signal) });

export function useMe() {
  return useQuery(meQuery);
}

/** Hands the id of a Checkout Session on, so that the daemon stores its outcome before it answers. */
async function getMe(signal: AbortSignal): Promise<UserView | null> {
  const checkoutSession = new URLSearchParams(window.location.search).get(CHECKOUT_SESSION_PARAMETER);
  const search = checkoutSession ? `?${new URLSearchParams({ [CHECKOUT_SESSION_PARAMETER]: checkoutSession })}` : '';
  try {
    return (await getJson<MeAnswer>(`/users/me${search}`, signal)).user;
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null;
    throw error;
  }
}
