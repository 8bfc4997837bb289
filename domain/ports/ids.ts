export interface Ids {
  /** A random UUID (version 4) in lower case. */
  uuid(): string;
}
