/**
 * Numbers as their authors wrote them. JavaScript has only doubles: `123456789012345678`, `1.10` and `1e400` change when they are parsed or printed.
 * If a field is a string, its author means the literal text.
 */

export class Written {
  constructor(
    readonly value: number | boolean,
    readonly text: string,
  ) {}
}

/**
 * How numbers are read within a field. `texts`: they and booleans are strings. `differing`: a number that JavaScript would print differently is a
 * string, because the field accepts both. `values`: none is.
 */
export type Reading = 'texts' | 'differing' | 'values';

const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gs;

/** The data of a JSON text with a {@link Written} for each number that JavaScript would print differently. `value`: the parsed text. */
export function withWritten(text: string, value: unknown): unknown {
  const quoted = text.replace(TOKEN, (token) =>
    token.startsWith('"') || String(Number(token)) === token ? token : `"${token}"`,
  );
  return quoted === text ? value : marked(value, JSON.parse(quoted));
}

/** `texts`: the same data, with strings in place of some numbers. */
function marked(value: unknown, texts: unknown): unknown {
  if (typeof value === 'number' && typeof texts === 'string') return new Written(value, texts);
  if (Array.isArray(value))
    return value.map((each: unknown, index) => marked(each, (texts as readonly unknown[])[index]));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      name,
      marked(each, (texts as Readonly<Record<string, unknown>>)[name]),
    ]),
  );
}

/** Plain data, with strings where they are meant. `fields`: fields with another reading than values, including everything in them. */
export function readWritten(
  data: unknown,
  fields: ReadonlyMap<string, Reading>,
  reading: Reading = 'values',
): unknown {
  if (data instanceof Written) return chosen(data.value, data.text, reading);
  if (typeof data === 'number' || typeof data === 'boolean') return chosen(data, String(data), reading);
  // A list of strings contains strings. An object in it has fields of its own, as a package in a lock.
  if (Array.isArray(data))
    return data.map((each: unknown) =>
      readWritten(each, fields, reading === 'texts' && isObject(each) ? 'values' : reading),
    );
  if (!isObject(data)) return data;
  // Within such a field the author chooses the names: a variable may have the name of another field.
  const inside = (name: string): Reading => (reading === 'values' ? (fields.get(name) ?? reading) : reading);
  return Object.fromEntries(
    Object.entries(data).map(([name, each]) => [name, readWritten(each, fields, inside(name))]),
  );
}

function isObject(data: unknown): data is Readonly<Record<string, unknown>> {
  return typeof data === 'object' && data !== null && !Array.isArray(data) && !(data instanceof Written);
}

function chosen(value: number | boolean, text: string, reading: Reading): number | boolean | string {
  if (reading === 'texts') return text;
  return reading === 'differing' && typeof value === 'number' && String(value) !== text ? text : value;
}
