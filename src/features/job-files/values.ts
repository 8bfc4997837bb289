import type { Located, LocatedEntry } from '#domain/nomad/index.js';
import { readHeredoc, readQuoted } from './hcl-text.js';
import type { TextCursor } from './text-cursor.js';

export const SPACE = /(?:[ \t\r]|\/\*[\s\S]*?\*\/)*/y;
const JSON_SPACE = /[ \t\r\n]*/y;
const SPACE_AND_LINES = /(?:[ \t\r\n]|#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y;
export const LINE_END = /(?:#[^\n]*|\/\/[^\n]*)?(?:\n|$)/y;
export const NAME = /[\p{ID_Start}_][\p{ID_Continue}-]*/uy;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const JSON_STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const NOT_EVALUATED = 'is an expression, which is not evaluated: write the value itself';

/** Maximum number of values in one text in HCL: the parser takes about 70 µs per value, and other texts have to wait. */
const MAX_VALUES = 5000;

/** Reads a literal value of HCL, or of JSON, which is almost a part of HCL. The strings of HCL are left empty. */
export function readValue(cursor: TextCursor, depth: number): Located {
  const { at: start, place, isJson } = cursor;
  cursor.values += 1;
  if (cursor.values > MAX_VALUES && !isJson)
    cursor.fail(`the file has more than ${MAX_VALUES} values`, { syntax: false });
  if (cursor.sees('"')) return { kind: 'scalar', place, ...readString(cursor) };
  if (cursor.sees('<<') && !isJson)
    return { kind: 'scalar', place, value: '', interpolated: readHeredoc(cursor) };
  if (cursor.take('[')) return { kind: 'list', place, items: readItems(cursor, cursor.deeper(depth)) };
  if (cursor.take('{')) return { kind: 'object', place, entries: readObject(cursor, cursor.deeper(depth)) };
  const number = cursor.match(NUMBER);
  if (number !== undefined) return { kind: 'scalar', place, value: Number(number), written: number };
  const word = cursor.match(NAME);
  cursor.match(SPACE);
  if ((word === 'true' || word === 'false' || word === 'null') && !/[.([]/.test(cursor.next))
    return { kind: 'scalar', place, value: word === 'null' ? null : word === 'true' };
  return !isJson && (word !== undefined || /[(!\-*]/.test(cursor.next))
    ? notEvaluated(cursor, start)
    : cursor.fail(isJson ? 'is not a JSON value' : 'is not a value', { at: start });
}

function readString(cursor: TextCursor): { readonly value: string; readonly interpolated: boolean } {
  if (!cursor.isJson) return { value: '', interpolated: readQuoted(cursor) };
  const value = JSON.parse(cursor.match(JSON_STRING) ?? cursor.fail('is not a JSON value')) as string;
  return { value, interpolated: value.includes('${') };
}

/** Reads the label of a block or the name of an entry. */
export function readPlainText(cursor: TextCursor, what: string): string {
  const start = cursor.at;
  const { value, interpolated } = readString(cursor);
  if (cursor.isJson) return value;
  if (interpolated) notEvaluated(cursor, start);
  const written = cursor.text.slice(start + 1, cursor.at - 1);
  if (written.includes('\\')) cursor.fail(`${what} must be plain text`, { at: start, syntax: false });
  return written;
}

function readItems(cursor: TextCursor, depth: number): Located[] {
  const items: Located[] = [];
  for (;;) {
    cursor.match(linesOf(cursor));
    if (cursor.take(']')) return items;
    items.push(readValue(cursor, depth));
    cursor.match(linesOf(cursor));
    if (!cursor.take(',') && !cursor.sees(']')) failAfterValue(cursor, ']');
  }
}

function readObject(cursor: TextCursor, depth: number): Map<string, LocatedEntry> {
  const entries = new Map<string, LocatedEntry>();
  const space = cursor.isJson ? JSON_SPACE : SPACE;
  for (;;) {
    cursor.match(linesOf(cursor));
    if (cursor.take('}')) return entries;
    const { at: start, place } = cursor;
    const key = cursor.sees('"') ? readPlainText(cursor, 'a name') : readName(cursor);
    if (entries.has(key)) cursor.fail(`duplicate key ${key}`, { at: start, syntax: false });
    cursor.match(space);
    if (!cursor.take(':') && (cursor.isJson || !cursor.take('=')))
      cursor.fail(cursor.isJson ? 'must be ":"' : 'must be "=" or ":"', {
        syntax: !/[.(]/.test(cursor.next),
      });
    cursor.match(space);
    entries.set(key, { place, value: readValue(cursor, depth) });
    cursor.match(space);
    if (!cursor.take(',') && !cursor.sees('}') && cursor.match(LINE_END) === undefined)
      failAfterValue(cursor, '}');
  }
}

function readName(cursor: TextCursor): string {
  if (cursor.isJson) cursor.fail('must be a name in quotes');
  return (
    cursor.match(NAME) ??
    (/[\d(]/.test(cursor.next) ? notEvaluated(cursor, cursor.at) : cursor.fail('is not a name'))
  );
}

function notEvaluated(cursor: TextCursor, at: number): never {
  return cursor.fail(NOT_EVALUATED, { at, syntax: false });
}

/** Fails at text that follows a value but may not follow it there. */
export function failAfterValue(cursor: TextCursor, close: string): never {
  if (cursor.isJson) cursor.fail(`must be "," or "${close}"`);
  return /[-+*/%<>=!&|?.[(]/.test(cursor.next)
    ? notEvaluated(cursor, cursor.at)
    : cursor.fail('is not expected here');
}

/** Returns the space, including lines and comments, that may be anywhere between values. */
export function linesOf({ isJson }: TextCursor): RegExp {
  return isJson ? JSON_SPACE : SPACE_AND_LINES;
}
