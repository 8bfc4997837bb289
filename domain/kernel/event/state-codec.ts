export interface StateCodec<State> {
  readonly version: number;
  save(state: State): unknown;
  restore(kept: unknown): State;
}

/** Codec for states that consist of plain objects, arrays, strings, numbers, maps and sets. */
export function plainState<State>(version: number): StateCodec<State> {
  return { version, save: toPlain, restore: (kept) => fromPlain(kept) as State };
}

const MAP = '$map';
const SET = '$set';
const OBJECT = '$object';
const MARKS: ReadonlySet<string> = new Set([MAP, SET, OBJECT]);

/** Encodes maps and sets as marked objects. Undefined members are omitted. */
export function toPlain(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(toPlain);
  if (value instanceof Map) return { [MAP]: [...value].map(([key, each]) => [toPlain(key), toPlain(each)]) };
  if (value instanceof Set) return { [SET]: [...value].map(toPlain) };
  const entries = Object.entries(value).flatMap(([key, member]) =>
    member === undefined ? [] : [[key, toPlain(member)] as const],
  );
  return entries.length === 1 && MARKS.has(entries[0]![0])
    ? { [OBJECT]: entries }
    : Object.fromEntries(entries);
}

export function fromPlain(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(fromPlain);
  const entries = Object.entries(value) as [string, unknown][];
  const [mark, content] = entries[0] ?? ['', undefined];
  if (entries.length !== 1 || !MARKS.has(mark))
    return Object.fromEntries(entries.map(([key, member]) => [key, fromPlain(member)]));
  const parts = fromPlain(content);
  if (mark === SET) return new Set(parts as unknown[]);
  return mark === MAP
    ? new Map(parts as [unknown, unknown][])
    : Object.fromEntries(parts as [string, unknown][]);
}
