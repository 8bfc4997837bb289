import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const OPERATIONS = join(resolve(import.meta.dirname, '../../..'), 'docs/operations.md');

const TABLE = /^\| variable \| meaning \| default \|\n(?:\|.*\n)+/m;

export function writtenTable(): string {
  return TABLE.exec(readFileSync(OPERATIONS, 'utf8'))?.[0] ?? '';
}

/** Returns the page with its table of settings replaced. */
export function withTable(table: string): string {
  return readFileSync(OPERATIONS, 'utf8').replace(TABLE, () => table);
}
