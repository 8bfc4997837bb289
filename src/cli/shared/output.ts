import { once } from 'node:events';
import { Failure } from './failure.js';
import { localTimes } from './local-time.js';

export type Format = 'table' | 'json';

/** `wide` is a table whose cells are whole on a terminal, too. */
export function parseFormat(text: string): Format {
  if (text === 'wide') return 'table';
  if (text === 'table' || text === 'json') return text;
  throw new Failure(`-o ${text}: must be table, wide or json`);
}

export function printJson(value: unknown): void {
  process.stdout.write(`${jsonText(value, 2)}\n`);
}

/**
 * Characters that control a terminal, change the direction of text, or are invisible. A text from a job or from another account could use them to
 * fake output. Joiners (U+200C, U+200D) are allowed, because some languages need them.
 */
export const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

/** Returns JSON whose strings cannot control the terminal. JSON.stringify itself escapes only the C0 control characters. */
export function jsonText(value: unknown, indent = 0): string {
  return JSON.stringify(value, null, indent).replace(UNSAFE, (character) =>
    character === '\n' ? character : escaped(character),
  );
}

/** Escapes each UTF-16 code unit separately, in the format that JSON parsers accept. */
function escaped(character: string): string {
  return Array.from(
    { length: character.length },
    (_, unit) => `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`,
  ).join('');
}

let drained: Promise<unknown> | undefined;

/** Prints a part of a possibly endless text. Waits while the reader is slow, so that memory use stays limited. */
export async function printPiece(piece: string | Uint8Array): Promise<void> {
  if (process.stdout.write(piece)) return;
  // All waiting writers share one listener, because many logs may be followed at the same time.
  drained ??= once(process.stdout, 'drain').finally(() => (drained = undefined));
  await drained;
}

/** Prints a part of another program's standard error, as it is. */
/** Resolves once the reader has accepted all that was printed. */
export async function allPrinted(): Promise<void> {
  await new Promise<void>((resolve) => process.stdout.write('', () => resolve()));
}

export function warnPiece(piece: Uint8Array): void {
  process.stderr.write(piece);
}

export function printLines(lines: readonly string[]): void {
  if (lines.length > 0) process.stdout.write(`${lines.map(printableLines).join('\n')}\n`);
}

/** Prints lines whose texts are {@link printable} already, so that colours remain. */
export function printSafeLines(lines: readonly string[]): void {
  if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`);
}

export function printLine(text: string): void {
  printLines([text]);
}

/** Prints a line on standard error, where it does not affect programs that read the output. */
export function warnLine(text: string): void {
  process.stderr.write(`${printableLines(text)}\n`);
}

export function fieldLines(fields: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...fields.map(([name]) => name.length));
  return fields.map(([name, value]) => `${name.padEnd(width)}  ${printable(localTimes(value))}`);
}

export function printFields(fields: readonly (readonly [string, string])[]): void {
  printLines(fieldLines(fields));
}

/** Escapes characters that control a terminal or mislead the reader, in a text of one line. */
export function printable(text: string): string {
  return text.replace(UNSAFE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code > 0xffff) return `\\u{${code.toString(16)}}`;
    return code > 0xff
      ? `\\u${code.toString(16).padStart(4, '0')}`
      : `\\x${code.toString(16).padStart(2, '0')}`;
  });
}

/** Like {@link printable}, but preserves line breaks and tabs. */
export function printableLines(text: string): string {
  return text.replace(/[^\n\t]+/g, printable);
}

export function showTime(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return '-';
  return new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
}
