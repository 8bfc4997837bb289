import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const FOLDER = resolve(import.meta.dirname, '../../../openapi');

/** Names of the checked-in API documents. `asyncapi` is AsyncAPI, which no client generator reads. */
export const DOCUMENTS: readonly string[] = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.slice(0, -'.json'.length))
  .sort();
export const OPENAPI_DOCUMENTS: readonly string[] = DOCUMENTS.filter(
  (name) => 'openapi' in (JSON.parse(readFileSync(fileOf(name), 'utf8')) as object),
);

export function fileOf(document: string): string {
  return join(FOLDER, `${document}.json`);
}
