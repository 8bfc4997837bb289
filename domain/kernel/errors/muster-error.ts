import type { AnyErrorCode, DeclaredError } from './declared.js';
import { plural } from '../plural.js';
import { ERRORS, type ErrorCode, type ErrorRow } from './table.js';

export type ErrorFields = Readonly<Record<string, string | number>>;

/** The only error class. Its code is in the shared table or declared by an aggregate. `fields` fill the template, `cause` is the original error. */
export class MusterError extends Error {
  readonly code: AnyErrorCode;
  readonly fields: ErrorFields;
  readonly #row: ErrorRow;

  constructor(what: ErrorCode | DeclaredError, fields: ErrorFields = {}, options?: { cause?: unknown }) {
    const row: ErrorRow = typeof what === 'string' ? ERRORS[what] : what;
    super(fill(row.template, fields), options);
    this.name = 'MusterError';
    this.code = typeof what === 'string' ? what : what.code;
    this.fields = fields;
    this.#row = row;
  }

  /** What the error was declared as. Another thread makes the same error of it. */
  get declared(): DeclaredError {
    return { ...this.#row, code: this.code };
  }

  get status(): number {
    return this.#row.status;
  }

  get hint(): string | undefined {
    return this.#row.hint;
  }
}

export function isMusterError(error: unknown, code?: ErrorCode | DeclaredError): error is MusterError {
  return (
    error instanceof MusterError &&
    (code === undefined || error.code === (typeof code === 'string' ? code : code.code))
  );
}

function fill(template: string, fields: ErrorFields): string {
  return template.replace(/\{(\w+)(?::([^}]+))?\}/g, (whole, name: string, counted?: string) => {
    if (!Object.hasOwn(fields, name)) return whole;
    const value = fields[name];
    return counted === undefined ? String(value) : plural(Number(value), counted);
  });
}
