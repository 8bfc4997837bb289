/** Stores the subjects' wrapped keys outside the log, so that a rebuild does not affect them. */
export interface SubjectKeys {
  get(subject: string): Promise<Uint8Array | undefined>;
  keep(subject: string, wrapped: Uint8Array): Promise<Uint8Array>;
  delete(subject: string): Promise<void>;
  close(): Promise<void>;
}
