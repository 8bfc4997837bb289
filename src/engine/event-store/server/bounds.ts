/** Maximum sizes of appends, in bytes. */
export interface AppendBounds {
  readonly data: number;
  readonly total: number;
  /** Concurrent appends; further ones wait. */
  readonly underWay: { readonly appends: number; readonly bytes: number };
}

/** EventStoreDB's limit, plus a limit for what it does not count. */
export const STORE_BOUNDS: AppendBounds = {
  data: 1_048_576,
  total: 32 * 1_048_576,
  underWay: { appends: 2048, bytes: 64 * 1_048_576 },
};
/** The same with another limit for data, in bytes, as EventStoreDB's `--max-append-size`. */
export function storeBounds(data: number): AppendBounds {
  return { ...STORE_BOUNDS, data };
}

/**
 * Limits for a log of a running server: no more than Muster's own appends, because its threads read pages of any events; and few concurrent ones,
 * because its commands wait for the same disk.
 */
export const RUNNING_SERVER_BOUNDS: AppendBounds = {
  data: 262_144,
  total: 262_144,
  underWay: { appends: 256, bytes: 4 * 1_048_576 },
};
