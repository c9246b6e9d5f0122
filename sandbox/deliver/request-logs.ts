/** What `stripe logs tail` shows: one answered call of the API, and which calls a tail wants. */

/** One answered call. */
export interface RequestLog {
  method: string;
  /** The path, without its query. */
  url: string;
  status: number;
  request_id: string;
  /** Whole seconds of real time. */
  created_at: number;
  livemode: false;
  /** The error that the call was answered with; its fields are left out when there is none. */
  error: Record<string, string>;
}

/** How the flags of `stripe logs tail` ask about a call. */
const FILTERS = {
  filter_http_method: ({ method }: RequestLog) => [method],
  filter_request_path: ({ url }: RequestLog) => [url],
  filter_request_status: ({ status }: RequestLog) => [status < 400 ? 'SUCCEEDED' : 'FAILED'],
  filter_status_code: ({ status }: RequestLog) => [String(status)],
  // The CLI says 400 for its 4XX.
  filter_status_code_type: ({ status }: RequestLog) => [`${Math.floor(status / 100)}00`],
  filter_source: () => ['API'],
  filter_ip_address: () => ['127.0.0.1'],
} as const;

/** The frame for one tail; undefined when its filters leave the call out. */
export function requestLogFrame(log: RequestLog, filters: Record<string, unknown>): string | undefined {
  if (!isWanted(log, filters)) return undefined;
  return JSON.stringify({ type: 'request_log_event', request_log_id: log.request_id, event_payload: JSON.stringify(log) });
}

function isWanted(log: RequestLog, filters: Record<string, unknown>): boolean {
  return Object.entries(FILTERS).every(([name, valuesOf]) => {
    const wanted = filters[name];
    if (!Array.isArray(wanted) || wanted.length === 0) return true;
    return valuesOf(log).some((value) => wanted.some((one) => String(one).toUpperCase() === value.toUpperCase()));
  });
}
