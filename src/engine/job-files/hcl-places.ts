import type { Located, LocatedEntry, LocatedObject, Place } from '#domain/nomad/index.js';
import { readTemplate, skipHeredoc } from './hcl-template.js';
import { TextCursor } from './text-cursor.js';

const SPACE = /(?:[ \t\r]|\/\*[\s\S]*?\*\/)*/y;
const SPACE_AND_LINES = /(?:[ \t\r\n]|#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y;
const LINE_END = /(?:#[^\n]*|\/\/[^\n]*)?(?:\n|$)/y;
const NAME = /[\p{ID_Start}_][\p{ID_Continue}-]*/uy;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const NOT_EVALUATED = 'is an expression: nothing is evaluated here, write the value itself';

/**
 * Finds the position of each part of an HCL text, because hcl2json, which parses it, reports none. Only literal values are accepted: `${…}` within a string is
 * marked, any other expression is refused. So the input of hcl2json is never nested deeply: each level of an expression would take it some kilobytes of stack.
 * Strings are left empty: hcl2json provides them. Throws `UnreadableText`.
 */
export function readHclPlaces(text: string): LocatedObject {
  const cursor = new TextCursor(text);
  const entries = readBody(cursor, 0);
  if (!cursor.ended) cursor.fail('has no block that it would close');
  return { kind: 'object', place: { line: 1, column: 1 }, entries };
}

function readBody(cursor: TextCursor, depth: number): Map<string, LocatedEntry> {
  const entries = new Map<string, LocatedEntry>();
  for (;;) {
    cursor.match(SPACE_AND_LINES);
    if (cursor.ended || cursor.sees('}')) return entries;
    const [start, { place }] = [cursor.at, cursor];
    const name = cursor.match(NAME) ?? cursor.fail('is neither an argument nor a block');
    cursor.match(SPACE);
    if (cursor.sees('=') && !cursor.sees('==')) {
      cursor.take('=');
      if (entries.has(name)) cursor.fail(`${name} stands there twice`, { at: start, syntax: false });
      cursor.match(SPACE);
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
  if (!cursor.take('}')) cursor.fail(`nothing closes the block that line ${opened.line} opens`);
  const mixed = (): never =>
    cursor.fail(`${name} stands there with and without a label`, { at: start, syntax: false });
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
  if (known !== undefined && known.kind !== 'list') return mixed();
  holder.set(key, {
    place: holder.get(key)?.place ?? place,
    value: { kind: 'list', place, items: [...(known?.items ?? []), body] },
  });
}

function readLabels(cursor: TextCursor): string[] {
  const labels: string[] = [];
  for (;;) {
    cursor.match(SPACE);
    const start = cursor.at;
    if (cursor.take('"')) {
      if (readTemplate(cursor)) cursor.fail(NOT_EVALUATED, { at: start, syntax: false });
      const written = cursor.text.slice(start, cursor.at);
      if (written.includes('\\')) cursor.fail('a label is plain text', { at: start, syntax: false });
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
    : cursor.fail('is no value', { at: start });
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
    if (entries.has(key)) cursor.fail(`${key} stands there twice`, { at: start, syntax: false });
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
      cursor.fail(/[\d(]/.test(cursor.next) ? NOT_EVALUATED : 'is no name', {
        syntax: !/[\d(]/.test(cursor.next),
      })
    );
  if (readTemplate(cursor)) cursor.fail(NOT_EVALUATED, { at: start, syntax: false });
  const written = cursor.text.slice(start + 1, cursor.at - 1);
  return written.includes('\\') ? cursor.fail('a name is plain text', { at: start, syntax: false }) : written;
}

/** A value is followed by something that cannot end it. */
function failBehind(cursor: TextCursor): never {
  return /[-+*/%<>=!&|?.[(]/.test(cursor.next)
    ? cursor.fail(NOT_EVALUATED, { syntax: false })
    : cursor.fail('is not expected here');
}
