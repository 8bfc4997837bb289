/** How much one append may hold, in bytes. */
export interface AppendBounds {
  /** Of all events' data, which is what EventStoreDB counts. */
  readonly data: number;
  /** Of everything. */
  readonly total: number;
  /** Of all appends that are being written at once; more wait. */
  readonly underWay: { readonly appends: number; readonly bytes: number };
}

/** EventStoreDB's own, and a bound for what it does not count. */
export const STORE_BOUNDS: AppendBounds = { data: 1_048_576, total: 32 * 1_048_576, underWay: { appends: 2048, bytes: 64 * 1_048_576 } };
/** The same with another bound of data, in bytes, as EventStoreDB's `--max-append-size`. */
export function storeBounds(data: number): AppendBounds {
  return { ...STORE_BOUNDS, data };
}

/**
 * Next to a running Muster: as much as an append of its own may hold, because its threads read pages of any events; and few at once, because its commands
 * wait for the same disk.
 */
export const BESIDE_BOUNDS: AppendBounds = { data: 262_144, total: 262_144, underWay: { appends: 256, bytes: 4 * 1_048_576 } };
