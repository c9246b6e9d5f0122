/** The address at which this machine reaches a server of its own. */

/** Addresses that mean every interface: one listens on them, nobody calls them. */
const LOOPBACK_BY_WILDCARD: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/** `host:port` of a server that listens on `host`; IPv6 in brackets (RFC 3986, section 3.2.2). */
export function reachableAddress(host: string, port: number): string {
  const reachable = LOOPBACK_BY_WILDCARD[host] ?? host;
  return `${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}
