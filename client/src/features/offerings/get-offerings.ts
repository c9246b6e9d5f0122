/** `GET /offerings`: what can be bought. */
import { queryOptions, useQuery } from '@tanstack/react-query';
import type { OfferingsAnswer } from '../../../../daemon/contract.ts';
import { getJson } from '../../lib/api.ts';

const offeringsQuery = queryOptions({
  queryKey: ['offerings'],
  queryFn: async ({ signal }) => (await getJson<OfferingsAnswer>('/offerings', signal)).offerings,
});

export function useOfferings() {
  return useQuery(offeringsQuery);
}
