/** Maximum sizes of appends, in bytes. */
export interface AppendBounds {
  readonly data: number;
  readonly total: number;
  readonly underWay: { readonly appends: number; readonly bytes: number };
}

/** EventStoreDB's limit (`data`), and a limit that also covers metadata and per-event overhead, which EventStoreDB ignores (`total`). */
export const STORE_BOUNDS: AppendBounds = {
  data: 1_048_576,
  total: 32 * 1_048_576,
  underWay: { appends: 2048, bytes: 64 * 1_048_576 },
};
/** Returns the same bounds with a different limit for data, in bytes, like EventStoreDB's `--max-append-size`. */
export function storeBounds(data: number): AppendBounds {
  return { ...STORE_BOUNDS, data };
}

/**
 * Limits for the log of a running server. Appends may be no larger than Muster's own, because Muster's threads read pages that contain any event. Few
 * run concurrently, because Muster's commands wait for the same disk.
 */
export const RUNNING_SERVER_BOUNDS: AppendBounds = {
  data: 262_144,
  total: 262_144,
  underWay: { appends: 256, bytes: 4 * 1_048_576 },
};
