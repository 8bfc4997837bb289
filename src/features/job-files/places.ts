import { isAlias, isMap, isSeq, type Document, type LineCounter, type Node, type Pair } from 'yaml';
import type { Located, LocatedEntry, Place } from '#domain/nomad/index.js';
import { readJson } from './json-places.js';
import { UnreadableText } from './text-cursor.js';

/** Returns the position of a path in the text. If the path is missing, returns the position of its deepest part that exists. */
export type PlaceOf = (path: readonly PropertyKey[]) => Place;

export function placesOfJson(root: Located): PlaceOf {
  return (path) => {
    let found: LocatedEntry = { place: root.place, value: root };
    for (const key of path) {
      const { value } = found;
      const item = value.kind === 'list' ? value.items[Number(key)] : undefined;
      const next =
        value.kind === 'object' ? value.entries.get(String(key)) : item && { place: item.place, value: item };
      if (next === undefined) break;
      found = next;
    }
    return found.place;
  };
}

/** Returns the positions in a JSON text. One that is nested more deeply than job files has only the position of its beginning. */
export function placesOfText(text: string): PlaceOf {
  try {
    return placesOfJson(readJson(text));
  } catch (error) {
    if (!(error instanceof UnreadableText)) throw error;
    return () => ({ line: 1, column: 1 });
  }
}

export function placesOfYaml(document: Document, lines: LineCounter): PlaceOf {
  return (path) => {
    let offset = offsetOf(document.contents);
    let value: unknown = document.contents;
    for (const key of path) {
      if (isAlias(value)) value = value.resolve(document);
      if (isMap(value)) {
        const pair: Pair | undefined = value.items.find((each) => String(each.key) === String(key));
        if (pair === undefined) break;
        offset = offsetOf(pair.key);
        ({ value } = pair);
      } else if (isSeq(value) && value.items[Number(key)] !== undefined) {
        value = value.items[Number(key)];
        offset = offsetOf(value);
      } else break;
    }
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
}

function offsetOf(node: unknown): number {
  return (node as Node | null)?.range?.[0] ?? 0;
}
