import { once } from 'node:events';
import { Failure } from './failure.js';

export type Format = 'table' | 'json';

export function parseFormat(text: string): Format {
  if (text === 'table' || text === 'json') return text;
  throw new Failure(`-o ${text}: must be table or json`);
}

/** Prints one JSON value, indented. */
export function printJson(value: unknown): void {
  process.stdout.write(`${jsonText(value, 2)}\n`);
}

/** JSON whose texts cannot drive the reader's terminal: JSON.stringify leaves DEL and the C1 control characters as they are. */
export function jsonText(value: unknown, indent = 0): string {
  return JSON.stringify(value, null, indent).replace(/[\u007f-\u009f]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

let drained: Promise<unknown> | undefined;

/** Prints a piece of a text that may be endless. Resolves once there is room for the next one, so that a reader that stalls stalls us instead of filling our memory. */
export async function printPiece(piece: string | Uint8Array): Promise<void> {
  if (process.stdout.write(piece)) return;
  // One listener for everybody who waits: many logs are followed at once.
  drained ??= once(process.stdout, 'drain').finally(() => (drained = undefined));
  await drained;
}

/** Prints lines; nothing where there are none. */
export function printLines(lines: readonly string[]): void {
  if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`);
}

/** Rows under headings in padded columns, as lines; nothing but the headings when there are none. */
export function tableLines(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = headings.map((heading, column) => Math.max(heading.length, ...rows.map((row) => printable(row[column] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => printable(cell).padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(headings), ...rows.map(line)];
}

/** `name  value` lines. */
export function fieldLines(fields: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...fields.map(([name]) => name.length));
  return fields.map(([name, value]) => `${name.padEnd(width)}  ${printable(value)}`);
}

export function printTable(headings: readonly string[], rows: readonly (readonly string[])[]): void {
  printLines(tableLines(headings, rows));
}

export function printFields(fields: readonly (readonly [string, string])[]): void {
  printLines(fieldLines(fields));
}

/** Control characters would let a job's text drive the reader's terminal. */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/** The same for what has lines of its own. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

/** Unix seconds as local ISO time to the second, or a dash. */
export function showTime(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return '-';
  return new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
}
