/** What a check of stored state against the log has found. */
export interface Finding {
  readonly check: string;
  readonly subject: string;
  readonly detail: string;
}
