import { TOKEN } from './variable.js';

export function tokensIn(data: unknown): string[] {
  const found = new Set<string>();
  eachText(data, (text) => {
    for (const [, name] of text.matchAll(TOKEN)) found.add(name!);
  });
  return [...found];
}

/** Fills every token in one pass, so that values are never scanned for tokens. Numbers, booleans and field names stay unchanged. */
export function filled<Data>(data: Data, valueOf: (name: string) => string): Data {
  return fill(data, valueOf) as Data;
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
