import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { VARIABLES } from '#agents/platform/environment.js';

export const OPERATIONS = join(resolve(import.meta.dirname, '../../..'), 'docs/operations.md');

const TABLE = /^\| variable \| meaning \| default \|\n(?:\|.*\n)+/m;
const VARIABLES_TABLE = /^\| variable \| who reads it, and for what \|\n(?:\|.*\n)+/m;

export function writtenTable(): string {
  return TABLE.exec(readFileSync(OPERATIONS, 'utf8'))?.[0] ?? '';
}

export function writtenVariables(): string {
  return VARIABLES_TABLE.exec(readFileSync(OPERATIONS, 'utf8'))?.[0] ?? '';
}

export function variablesTable(): string {
  const rows = Object.entries(VARIABLES).map(([name, doc]) => `| \`${name}\` | ${doc} |`);
  return ['| variable | who reads it, and for what |', '| --- | --- |', ...rows, ''].join('\n');
}

/** Returns the page with its tables of settings and variables replaced. */
export function withTables(table: string): string {
  return readFileSync(OPERATIONS, 'utf8')
    .replace(TABLE, () => table)
    .replace(VARIABLES_TABLE, variablesTable);
}
