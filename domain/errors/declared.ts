import type { ErrorRow } from './table.js';

/** As all codes are written. */
export type AnyErrorCode = `MUSTER_E_${string}`;

/** An error that is declared where it belongs, outside the table: a row, and its code. */
export interface DeclaredError extends ErrorRow {
  readonly code: AnyErrorCode;
}

/** Errors of one surface, by code. Its aggregate names them in its declaration, so that they are known wherever a code is looked up. */
export type DeclaredErrors = Readonly<Record<AnyErrorCode, DeclaredError>>;

/** Declares errors of a surface, each under its code. */
export function declareErrors<Code extends AnyErrorCode>(rows: Readonly<Record<Code, ErrorRow>>): Readonly<Record<Code, DeclaredError>> {
  const declared = Object.entries<ErrorRow>(rows).map(([code, row]) => [code, { ...row, code }]);
  return Object.fromEntries(declared) as Record<Code, DeclaredError>;
}
