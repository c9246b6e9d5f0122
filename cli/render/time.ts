/** Times as a terminal shows them. */

/** ISO 8601 in UTC to the minute, as "2026-11-20 09:30", for a column whose head says that it is UTC. */
export function minutes(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ');
}

/** The same standing alone, "2026-11-20 09:30 UTC"; null stays null. */
export function minutesUtc(iso: string): string;
export function minutesUtc(iso: string | null): string | null;
export function minutesUtc(iso: string | null): string | null {
  return iso && `${minutes(iso)} UTC`;
}

/** Milliseconds since 1970 as ISO 8601 in UTC. */
export function isoFromMilliseconds(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
