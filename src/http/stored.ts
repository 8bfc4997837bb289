import { MusterError, type DeclaredError, type ErrorCode } from '#domain/kernel/errors/index.js';
import { IDENTIFIER } from '#domain/kernel/identifier.js';
import type { StoredDocument } from '#domain/kernel/ports/read-models.js';

export function read<Document>(stored: StoredDocument): Document {
  return JSON.parse(stored.json) as Document;
}

export function idIn(
  path: string,
  absent: ErrorCode | DeclaredError,
  fields: Readonly<Record<string, string>> = {},
): string {
  if (!IDENTIFIER.test(path))
    throw new MusterError(absent, Object.fromEntries(Object.keys(fields).map((name) => [name, '?'])));
  return path;
}
