/** Where random identifiers come from. */
export interface Ids {
  /** A random UUID (version 4), lower case. */
  uuid(): string;
}
