import type { Located, LocatedEntry, LocatedObject, Place } from '#domain/nomad/index.js';
import { TextCursor } from './text-cursor.js';
import { failAfterValue, LINE_END, NAME, readPlainText, readValue, SPACE, linesOf } from './values.js';

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
    cursor.match(linesOf(cursor));
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
    if (!cursor.sees('}') && cursor.match(LINE_END) === undefined) failAfterValue(cursor, '}');
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
    const label = cursor.sees('"') ? readPlainText(cursor, 'a label') : cursor.match(NAME);
    if (label === undefined) return labels;
    labels.push(label);
  }
}
