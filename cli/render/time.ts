/** Times as a terminal shows them. */

/** ISO 8601 in UTC to the minute, as "2026-11-20 09:30"; null stays null. */
export function minutes(iso: string | null): string | null {
  return iso && iso.slice(0, 16).replace('T', ' ');
}

/** Milliseconds since 1970 as ISO 8601 in UTC. */
export function isoFromMilliseconds(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
