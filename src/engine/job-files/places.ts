import { isMap, isSeq, type LineCounter, type Node, type Pair } from 'yaml';
import type { Located, LocatedEntry, Place } from '#domain/nomad/index.js';

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

export function placesOfYaml(root: unknown, lines: LineCounter): PlaceOf {
  return (path) => {
    let offset = offsetOf(root);
    let value = root;
    for (const key of path) {
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
