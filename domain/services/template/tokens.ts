import { MusterError } from '../../kernel/errors/index.js';
import { TOKEN } from './variable.js';

/** Maximum total length of all inserted values in characters, far above the limit of a configuration. */
const MAX_INSERTED_CHARACTERS = 1_048_576;

export function tokensIn(data: unknown): string[] {
  const found = new Set<string>();
  eachText(data, (text) => {
    for (const [, name] of text.matchAll(TOKEN)) found.add(name!);
  });
  return [...found];
}

/**
 * Fills every token in one pass, so that values are never scanned for tokens. Numbers, booleans and field names are left unchanged. Throws
 * `MUSTER_E_INVALID` if the values are too large in total, because a short string can repeat a long value thousands of times.
 */
export function filled<Data>(data: Data, valueOf: (name: string) => string): Data {
  let left = MAX_INSERTED_CHARACTERS;
  const bounded = (name: string): string => {
    const value = valueOf(name);
    left -= value.length;
    if (left < 0)
      throw new MusterError('MUSTER_E_INVALID', {
        field: 'config',
        problem: `the values of its variables have more than ${MAX_INSERTED_CHARACTERS} characters in total`,
      });
    return value;
  };
  return fill(data, bounded) as Data;
}

export function filledText(text: string, valueOf: (name: string) => string): string {
  return text.replace(TOKEN, (_token, name: string) => valueOf(name));
}

function fill(data: unknown, valueOf: (name: string) => string): unknown {
  if (typeof data === 'string') return filledText(data, valueOf);
  if (typeof data !== 'object' || data === null) return data;
  if (Array.isArray(data)) return data.map((each: unknown) => fill(each, valueOf));
  return Object.fromEntries(Object.entries(data).map(([key, each]) => [key, fill(each, valueOf)]));
}

export function keyWithToken(data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  if (Array.isArray(data)) return first(data, keyWithToken);
  return (
    Object.keys(data).find((key) => key.search(TOKEN) !== -1) ?? first(Object.values(data), keyWithToken)
  );
}

function first(values: readonly unknown[], find: (value: unknown) => string | undefined): string | undefined {
  for (const each of values) {
    const found = find(each);
    if (found !== undefined) return found;
  }
  return undefined;
}

function eachText(data: unknown, see: (text: string) => void): void {
  if (typeof data === 'string') see(data);
  else if (typeof data === 'object' && data !== null)
    for (const each of Object.values(data)) eachText(each, see);
}
