import type { Located, LocatedEntry } from '#domain/nomad/index.js';
import { TextCursor } from './text-cursor.js';

const SPACE = /[ \t\r\n]*/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;
const INTERPOLATED = /\$\{/;

/** Parses JSON and records the position of each part. Throws `UnreadableText`. */
export function readJson(text: string): Located {
  const cursor = new TextCursor(text);
  const value = readValue(cursor, 0);
  cursor.match(SPACE);
  if (!cursor.ended) cursor.fail('is not expected after the JSON value');
  return value;
}

function readValue(cursor: TextCursor, depth: number): Located {
  cursor.match(SPACE);
  const { place } = cursor;
  if (cursor.take('{')) return { kind: 'object', place, entries: readEntries(cursor, cursor.deeper(depth)) };
  if (cursor.take('[')) return { kind: 'list', place, items: readItems(cursor, cursor.deeper(depth)) };
  const number = cursor.match(NUMBER);
  if (number !== undefined) return { kind: 'scalar', place, value: Number(number), written: number };
  const written = cursor.match(STRING) ?? cursor.match(WORD);
  if (written === undefined) return cursor.fail('is not a JSON value');
  const value = JSON.parse(written) as string | number | boolean | null;
  return {
    kind: 'scalar',
    place,
    value,
    ...(typeof value === 'string' && INTERPOLATED.test(value) && { interpolated: true }),
  };
}

function readEntries(cursor: TextCursor, depth: number): Map<string, LocatedEntry> {
  const entries = new Map<string, LocatedEntry>();
  cursor.match(SPACE);
  if (cursor.take('}')) return entries;
  for (;;) {
    cursor.match(SPACE);
    const [start, { place }] = [cursor.at, cursor];
    const written = cursor.match(STRING) ?? cursor.fail('must be a name in quotes');
    const name = JSON.parse(written) as string;
    if (entries.has(name)) cursor.fail(`duplicate key ${name}`, { at: start });
    cursor.match(SPACE);
    if (!cursor.take(':')) cursor.fail('must be ":"');
    entries.set(name, { place, value: readValue(cursor, depth) });
    cursor.match(SPACE);
    if (cursor.take('}')) return entries;
    if (!cursor.take(',')) cursor.fail('must be "," or "}"');
  }
}

function readItems(cursor: TextCursor, depth: number): Located[] {
  const items: Located[] = [];
  cursor.match(SPACE);
  if (cursor.take(']')) return items;
  for (;;) {
    items.push(readValue(cursor, depth));
    cursor.match(SPACE);
    if (cursor.take(']')) return items;
    if (!cursor.take(',')) cursor.fail('must be "," or "]"');
  }
}
