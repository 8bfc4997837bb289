/** Store of the subjects' wrapped keys, outside the log, so that no rebuild affects it. */
export interface SubjectKeys {
  /** The wrapped key of a subject; undefined if it has none, or none any more. */
  get(subject: string): Promise<Uint8Array | undefined>;
  /** Durably stores a wrapped key for a subject that has none. Returns the key that it has from now on. */
  keep(subject: string, wrapped: Uint8Array): Promise<Uint8Array>;
  /** Deletes the key for good: what it sealed becomes unreadable. */
  delete(subject: string): Promise<void>;
  close(): Promise<void>;
}
