/** A filter. All words must occur, and all columns must have the given values. Everything is in lower case. */
export interface Filter {
  readonly words: readonly string[];
  readonly columns: readonly { readonly name: string; readonly value: string }[];
}

const MOST_WORDS = 20;

/** `name:value` filters a column if one has that name. Otherwise it is a plain word. */
export function parseFilter(text: string, columns: ReadonlySet<string>): Filter {
  const parts = text
    .toLowerCase()
    .split(/\s+/u)
    .filter((part) => part !== '')
    .slice(0, MOST_WORDS);
  const named = parts.map((part) => {
    const colon = part.indexOf(':');
    const name = part.slice(0, Math.max(0, colon));
    return columns.has(name) ? { name, value: part.slice(colon + 1) } : part;
  });
  return {
    words: named.filter((part) => typeof part === 'string'),
    columns: named.filter((part) => typeof part !== 'string'),
  };
}

type Value = string | number | boolean | null | undefined;

/** Whether a value equals the value of a `name:value` filter, ignoring case. */
export function fits(value: unknown, wanted: string): boolean {
  const plain = plainOf(value);
  return plain !== null && plain !== undefined && String(plain).toLowerCase() === wanted;
}

/** Reduces a value for comparison: a resource to its used amount, a list to its length. */
function plainOf(value: unknown): Value {
  if (value === null || typeof value !== 'object') return value as Value;
  if ('used' in value) return value.used as number;
  return Array.isArray(value) ? value.length : null;
}

/** Missing values come last in both directions. */
export function compare(a: unknown, b: unknown, descending: boolean): number {
  const [left, right] = [plainOf(a) ?? null, plainOf(b) ?? null];
  if (left === right) return 0;
  if (left === null) return 1;
  if (right === null) return -1;
  return left < right === descending ? 1 : -1;
}
