/** How a decider's state is kept as JSON, and had back. */
export interface StateCodec<State> {
  /** Rises with every change of the kept form, or of what `evolve` makes of events: what was kept by another version is worthless. */
  readonly version: number;
  /** A value that JSON takes as it is. */
  save(state: State): unknown;
  restore(kept: unknown): State;
}

/** For states made of plain objects, arrays, texts, numbers, maps and sets. */
export function plainState<State>(version: number): StateCodec<State> {
  return { version, save: toPlain, restore: (kept) => fromPlain(kept) as State };
}

const MAP = '$map';
const SET = '$set';
/** An object that would read as one of these. */
const OBJECT = '$object';
const MARKS: ReadonlySet<string> = new Set([MAP, SET, OBJECT]);

/** Maps and sets as objects that name them; what is undefined is left out. */
export function toPlain(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(toPlain);
  if (value instanceof Map) return { [MAP]: [...value].map(([key, each]) => [toPlain(key), toPlain(each)]) };
  if (value instanceof Set) return { [SET]: [...value].map(toPlain) };
  const entries = Object.entries(value).flatMap(([key, member]) => (member === undefined ? [] : [[key, toPlain(member)] as const]));
  return entries.length === 1 && MARKS.has(entries[0]![0]) ? { [OBJECT]: entries } : Object.fromEntries(entries);
}

export function fromPlain(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(fromPlain);
  const entries = Object.entries(value) as [string, unknown][];
  const [mark, content] = entries[0] ?? ['', undefined];
  if (entries.length !== 1 || !MARKS.has(mark)) return Object.fromEntries(entries.map(([key, member]) => [key, fromPlain(member)]));
  const parts = fromPlain(content);
  if (mark === SET) return new Set(parts as unknown[]);
  return mark === MAP ? new Map(parts as [unknown, unknown][]) : Object.fromEntries(parts as [string, unknown][]);
}
