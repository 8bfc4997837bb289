export interface Finding {
  readonly check: string;
  readonly subject: string;
  readonly detail: string;
}
