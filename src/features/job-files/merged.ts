import type { Located, LocatedEntry } from '#domain/nomad/index.js';
import { UnreadableText } from './text-cursor.js';

/** Fills in the strings that hcl2json read. Throws `UnreadableText` if it read anything else than {@link readHclPlaces}. */
export function withTexts(located: Located, json: unknown): Located {
  if (located.kind === 'scalar') {
    const { value, interpolated = false } = located;
    if (typeof value !== 'string') return located;
    if (interpolated) return { ...located, value: String(json) };
    return typeof json === 'string' ? { ...located, value: unescaped(json) } : different(located);
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json) !== (located.kind === 'list'))
    return different(located);
  const values = new Map<string, unknown>(Object.entries(json));
  if (located.kind === 'list')
    return values.size === located.items.length
      ? { ...located, items: located.items.map((item, index) => withTexts(item, values.get(String(index)))) }
      : different(located);
  if (values.size !== located.entries.size) return different(located);
  const entries = [...located.entries].map(([name, { place, value }]): [string, LocatedEntry] =>
    values.has(name) ? [name, { place, value: withTexts(value, values.get(name)) }] : different(value),
  );
  return { ...located, entries: new Map(entries) };
}

/** Resolves the escapes `$${` and `%%{`, which the parser leaves unchanged. */
function unescaped(text: string): string {
  return text.replace(/([$%])\1\{/g, '$1{');
}

function different({ place }: Located): never {
  throw new UnreadableText(place, 'the file uses HCL syntax that is not supported', false);
}
