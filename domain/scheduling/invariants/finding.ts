/** Something that does not hold. */
export interface Finding {
  /** Name of the check, as `muster verify` prints it. */
  readonly check: string;
  /** What it was found on: `revision 17 of scheduler`, a document's id … */
  readonly subject: string;
  readonly detail: string;
}
