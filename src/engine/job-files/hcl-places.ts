import type { Located, LocatedEntry, LocatedObject, Place } from '#domain/nomad/index.js';
import { readTemplate, skipHeredoc } from './hcl-template.js';
import { TextCursor } from './text-cursor.js';

const SPACE = /(?:[ \t\r]|\/\*[\s\S]*?\*\/)*/y;
const SPACE_AND_LINES = /(?:[ \t\r\n]|#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y;
const LINE_END = /(?:#[^\n]*|\/\/[^\n]*)?(?:\n|$)/y;
const NAME = /[\p{ID_Start}_][\p{ID_Continue}-]*/uy;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const NOT_EVALUATED = 'is an expression, which is not evaluated: write the value itself';

/** Maximum number of values in one text: the parser takes about 70 µs per value, and other texts have to wait. */
const MAX_VALUES = 5000;

/**
 * Finds the position of each part of an HCL text, because hcl2json, which parses the text, does not report positions. Only literal values are
 * accepted: a string that contains `${…}` is marked, and any other expression is refused. As a result, the input of hcl2json is never deeply nested,
 * which would need some kilobytes of stack per level of an expression. Strings are left empty; hcl2json provides them. Throws `UnreadableText`.
 */
export function readHclPlaces(text: string): LocatedObject {
  const cursor = new TextCursor(text);
  const entries = readBody(cursor, 0);
  if (!cursor.ended) cursor.fail('does not close any block');
  return { kind: 'object', place: { line: 1, column: 1 }, entries };
}

function readBody(cursor: TextCursor, depth: number): Map<string, LocatedEntry> {
  const entries = new Map<string, LocatedEntry>();
  const assigned = new Set<string>();
  for (;;) {
    cursor.match(SPACE_AND_LINES);
    if (cursor.ended || cursor.sees('}')) return entries;
    const [start, { place }] = [cursor.at, cursor];
    const name = cursor.match(NAME) ?? cursor.fail('is neither an argument nor a block');
    cursor.match(SPACE);
    const isArgument = cursor.sees('=') && !cursor.sees('==');
    if (assigned.has(name) || (isArgument && entries.has(name)))
      cursor.fail(`${name} is already defined`, { at: start, syntax: false });
    if (isArgument) {
      cursor.take('=');
      cursor.match(SPACE);
      assigned.add(name);
      entries.set(name, { place, value: readValue(cursor, depth) });
    } else {
      addBlock(cursor, entries, name, place, start, depth);
    }
    cursor.match(SPACE);
    if (!cursor.sees('}') && cursor.match(LINE_END) === undefined) failBehind(cursor);
  }
}

function addBlock(
  cursor: TextCursor,
  entries: Map<string, LocatedEntry>,
  name: string,
  place: Place,
  start: number,
  depth: number,
): void {
  const labels = readLabels(cursor);
  const opened = cursor.place;
  if (!cursor.take('{')) cursor.fail('must be "{" or "="');
  const body: Located = { kind: 'object', place, entries: readBody(cursor, cursor.deeper(depth)) };
  if (!cursor.take('}')) cursor.fail(`the block that begins on line ${opened.line} is not closed`);
  const mixed = (): never =>
    cursor.fail(`${name} is used both with and without a label`, { at: start, syntax: false });
  let [holder, key] = [entries, name];
  for (const label of labels) {
    const known = holder.get(key)?.value ?? {
      kind: 'object',
      place,
      entries: new Map<string, LocatedEntry>(),
    };
    if (known.kind !== 'object') return mixed();
    if (!holder.has(key)) holder.set(key, { place, value: known });
    [holder, key] = [known.entries as Map<string, LocatedEntry>, label];
  }
  const known = holder.get(key)?.value;
  if (known === undefined) {
    holder.set(key, { place, value: { kind: 'list', place, items: [body] } });
    return;
  }
  if (known.kind !== 'list') return mixed();
  (known.items as Located[]).push(body);
}

function readLabels(cursor: TextCursor): string[] {
  const labels: string[] = [];
  for (;;) {
    cursor.match(SPACE);
    const start = cursor.at;
    if (cursor.take('"')) {
      if (readTemplate(cursor)) cursor.fail(NOT_EVALUATED, { at: start, syntax: false });
      const written = cursor.text.slice(start, cursor.at);
      if (written.includes('\\')) cursor.fail('a label must be plain text', { at: start, syntax: false });
      labels.push(written.slice(1, -1));
    } else {
      const label = cursor.match(NAME);
      if (label === undefined) return labels;
      labels.push(label);
    }
  }
}

function readValue(cursor: TextCursor, depth: number): Located {
  const [start, { place }] = [cursor.at, cursor];
  cursor.values += 1;
  if (cursor.values > MAX_VALUES)
    cursor.fail(`the file has more than ${MAX_VALUES} values`, { syntax: false });
  if (cursor.take('"'))
    return { kind: 'scalar', place, value: '', ...(readTemplate(cursor) && { interpolated: true }) };
  if (cursor.sees('<<'))
    return { kind: 'scalar', place, value: '', ...(skipHeredoc(cursor) && { interpolated: true }) };
  if (cursor.take('[')) return { kind: 'list', place, items: readItems(cursor, cursor.deeper(depth)) };
  if (cursor.take('{')) return { kind: 'object', place, entries: readObject(cursor, cursor.deeper(depth)) };
  const number = cursor.match(NUMBER);
  if (number !== undefined) return { kind: 'scalar', place, value: Number(number), written: number };
  const word = cursor.match(NAME);
  cursor.match(SPACE);
  if ((word === 'true' || word === 'false' || word === 'null') && !/[.([]/.test(cursor.next))
    return { kind: 'scalar', place, value: word === 'null' ? null : word === 'true' };
  return word !== undefined || /[(!\-*]/.test(cursor.next)
    ? cursor.fail(NOT_EVALUATED, { at: start, syntax: false })
    : cursor.fail('is not a value', { at: start });
}

function readItems(cursor: TextCursor, depth: number): Located[] {
  const items: Located[] = [];
  for (;;) {
    cursor.match(SPACE_AND_LINES);
    if (cursor.take(']')) return items;
    items.push(readValue(cursor, depth));
    cursor.match(SPACE_AND_LINES);
    if (!cursor.take(',') && !cursor.sees(']')) failBehind(cursor);
  }
}

function readObject(cursor: TextCursor, depth: number): Map<string, LocatedEntry> {
  const entries = new Map<string, LocatedEntry>();
  for (;;) {
    cursor.match(SPACE_AND_LINES);
    if (cursor.take('}')) return entries;
    const [start, { place }] = [cursor.at, cursor];
    const key = readKey(cursor);
    if (entries.has(key)) cursor.fail(`duplicate key ${key}`, { at: start, syntax: false });
    cursor.match(SPACE);
    if (!cursor.take('=') && !cursor.take(':'))
      cursor.fail('must be "=" or ":"', { syntax: !/[.(]/.test(cursor.next) });
    cursor.match(SPACE);
    entries.set(key, { place, value: readValue(cursor, depth) });
    cursor.match(SPACE);
    if (!cursor.take(',') && !cursor.sees('}') && cursor.match(LINE_END) === undefined) failBehind(cursor);
  }
}

function readKey(cursor: TextCursor): string {
  const start = cursor.at;
  if (!cursor.take('"'))
    return (
      cursor.match(NAME) ??
      cursor.fail(/[\d(]/.test(cursor.next) ? NOT_EVALUATED : 'is not a name', {
        syntax: !/[\d(]/.test(cursor.next),
      })
    );
  if (readTemplate(cursor)) cursor.fail(NOT_EVALUATED, { at: start, syntax: false });
  const written = cursor.text.slice(start + 1, cursor.at - 1);
  return written.includes('\\')
    ? cursor.fail('a name must be plain text', { at: start, syntax: false })
    : written;
}

/** Fails at text that follows a value but may not follow it there. */
function failBehind(cursor: TextCursor): never {
  return /[-+*/%<>=!&|?.[(]/.test(cursor.next)
    ? cursor.fail(NOT_EVALUATED, { syntax: false })
    : cursor.fail('is not expected here');
}
