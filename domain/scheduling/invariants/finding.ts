export interface Finding {
  /** Name of the check, as `muster verify` prints it. */
  readonly check: string;
  /** What violates it, such as `revision 17 of scheduler` or a document's id. */
  readonly subject: string;
  readonly detail: string;
}
