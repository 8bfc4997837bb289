import { ERRORS, type ErrorCode, type ErrorRow } from './table.js';

export type ErrorFields = Readonly<Record<string, string | number>>;

/** The one error class. `code` names the row of the table, `fields` fill its template; `cause` keeps what was beneath. */
export class MusterError extends Error {
  readonly code: ErrorCode;
  readonly fields: ErrorFields;

  constructor(code: ErrorCode, fields: ErrorFields = {}, options?: { cause?: unknown }) {
    super(fill(ERRORS[code].template, fields), options);
    this.name = 'MusterError';
    this.code = code;
    this.fields = fields;
  }

  /** HTTP status of this error's row. */
  get status(): number {
    return ERRORS[this.code].status;
  }

  /** What the reader can do about it, where there is something. */
  get hint(): string | undefined {
    const row: ErrorRow = ERRORS[this.code];
    return row.hint;
  }
}

/** Tells a MusterError, optionally of one code, from any other thrown value. */
export function isMusterError(error: unknown, code?: ErrorCode): error is MusterError {
  return error instanceof MusterError && (code === undefined || error.code === code);
}

function fill(template: string, fields: ErrorFields): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => (Object.hasOwn(fields, name) ? String(fields[name]) : whole));
}
