import type { ErrorRow } from './table.js';

export type AnyErrorCode = `MUSTER_E_${string}`;

/** An error that an aggregate declares, as opposed to an error of the shared table. */
export interface DeclaredError extends ErrorRow {
  readonly code: AnyErrorCode;
}

export type DeclaredErrors = Readonly<Record<AnyErrorCode, DeclaredError>>;

export function declareErrors<Code extends AnyErrorCode>(
  rows: Readonly<Record<Code, ErrorRow>>,
): Readonly<Record<Code, DeclaredError>> {
  const declared = Object.entries<ErrorRow>(rows).map(([code, row]) => [code, { ...row, code }]);
  return Object.fromEntries(declared) as Record<Code, DeclaredError>;
}
