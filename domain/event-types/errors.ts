import { ERRORS, type AnyErrorCode, type DeclaredError, type ErrorRow } from '../kernel/errors/index.js';
import type { StreamKind } from '../kernel/event/index.js';
import { STREAMS } from './list.js';

const KINDS: readonly StreamKind[] = STREAMS;

export const ALL_ERRORS: ReadonlyMap<string, DeclaredError> = new Map(
  [
    ...Object.entries<ErrorRow>(ERRORS),
    ...KINDS.flatMap(({ errors }) => Object.entries<ErrorRow>(errors ?? {})),
  ].map(([code, row]) => [code, { ...row, code: code as AnyErrorCode }]),
);
