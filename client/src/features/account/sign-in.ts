/** `POST /users`, `POST /login` and `POST /logout`: after each, who is signed in is asked or known anew. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { SignedInAnswer } from '../../../../daemon/contract.ts';
import { postJson } from '../../lib/api.ts';
import { meQuery } from './get-me.ts';

export interface Credentials {
  email: string;
  password: string;
}

/** Each way in and where it posts to. */
const WAYS_IN = { 'sign-up': '/users', 'sign-in': '/login' } as const;

export type WayIn = keyof typeof WAYS_IN;

export function useSignIn() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ way, credentials }: { way: WayIn; credentials: Credentials }) =>
      postJson<SignedInAnswer>(WAYS_IN[way], credentials),
    onSuccess: () => queryClient.refetchQueries(meQuery),
  });
}

export function useSignOut() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => postJson<undefined>('/logout'),
    onSuccess: async () => {
      await queryClient.cancelQueries(meQuery);
      queryClient.setQueryData(meQuery.queryKey, null);
    },
  });
}
