/** Where the wrapped keys of subjects are: outside the log, in a store of their own that no rebuild touches. */
export interface SubjectKeys {
  /** The wrapped key of a subject; undefined where it has none, or none any more. */
  get(subject: string): Promise<Uint8Array | undefined>;
  /** Keeps a wrapped key for a subject that has none, durably. Answers with the one that it has from now on. */
  keep(subject: string, wrapped: Uint8Array): Promise<Uint8Array>;
  /** Deletes it for good: what it sealed cannot be read any more. */
  delete(subject: string): Promise<void>;
  close(): Promise<void>;
}
