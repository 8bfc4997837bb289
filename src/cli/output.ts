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

/**
 * Characters that drive a terminal, that turn the order of what follows, or that are not seen: a text of a job's or of another account's would show
 * what is not there. Those that join letters (U+200C, U+200D) belong to words of some languages.
 */
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

/** JSON whose texts cannot drive the reader's terminal: JSON.stringify escapes no more than the C0 control characters. */
export function jsonText(value: unknown, indent = 0): string {
  return JSON.stringify(value, null, indent).replace(UNSAFE, (character) => (character === '\n' ? character : escaped(character)));
}

/** As UTF-16 units, which JSON reads back. */
function escaped(character: string): string {
  return Array.from({ length: character.length }, (_, unit) => `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`).join('');
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
  if (lines.length > 0) process.stdout.write(`${lines.map(printableLines).join('\n')}\n`);
}

/** Prints a line, or several, for people. */
export function printLine(text: string): void {
  printLines([text]);
}

/** The same on standard error, where the output is read by programs. */
export function warnLine(text: string): void {
  process.stderr.write(`${printableLines(text)}\n`);
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

/** A text of one line without characters that drive a terminal or mislead its reader. */
export function printable(text: string): string {
  return text.replace(UNSAFE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code > 0xffff) return `\\u{${code.toString(16)}}`;
    return code > 0xff ? `\\u${code.toString(16).padStart(4, '0')}` : `\\x${code.toString(16).padStart(2, '0')}`;
  });
}

/** The same for what has lines of its own, and tabs. */
export function printableLines(text: string): string {
  return text.replace(/[^\n\t]+/g, printable);
}

/** Unix seconds as local ISO time to the second, or a dash. */
export function showTime(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return '-';
  return new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
}
