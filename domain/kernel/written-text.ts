/**
 * Numbers as their authors wrote them. JavaScript has only doubles: `123456789012345678`, `1.10` and `1e400`
 * change when they are parsed or printed. In a string field, the author means the literal text.
 */

export class Written {
  constructor(
    readonly value: number | boolean,
    readonly text: string,
  ) {}
}

/**
 * How numbers are read within a field. `texts`: numbers and booleans become strings. `differing`: a number that JavaScript would print differently
 * becomes a string, because the field accepts both types. `values`: numbers and booleans stay as they are.
 */
export type Reading = 'texts' | 'differing' | 'values';

const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gs;

/** Returns the data of a JSON text, with a {@link Written} for each number that JavaScript would print differently. `value` is the parsed text. */
export function withWritten(text: string, value: unknown): unknown {
  const quoted = text.replace(TOKEN, (token) =>
    token.startsWith('"') || String(Number(token)) === token ? token : `"${token}"`,
  );
  return quoted === text ? value : marked(value, JSON.parse(quoted));
}

/** `texts` is the same data, with strings in place of some numbers. */
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

/** `fields` maps the names of fields to their reading, which also applies to everything inside them. Other fields are read as `values`. */
export function readWritten(
  data: unknown,
  fields: ReadonlyMap<string, Reading>,
  reading: Reading = 'values',
): unknown {
  if (data instanceof Written) return chosen(data.value, data.text, reading);
  if (typeof data === 'number' || typeof data === 'boolean') return chosen(data, String(data), reading);
  // An object in a list that is otherwise read as strings (such as a package in a lock) is read by its own fields, not as strings.
  if (Array.isArray(data))
    return data.map((each: unknown) =>
      readWritten(each, fields, reading === 'texts' && isObject(each) ? 'values' : reading),
    );
  if (!isObject(data)) return data;
  // The author chooses the names inside such a field, so a variable may have the same name as one of `fields`.
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
