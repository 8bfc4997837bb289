import type { Located, LocatedEntry } from '#domain/nomad/index.js';

export class DifferentReadings extends Error {}

export function withTexts(located: Located, json: unknown): Located {
  switch (located.kind) {
    case 'scalar': {
      if (typeof located.value !== 'string') return located;
      if (typeof json === 'string')
        return { ...located, value: located.interpolated === true ? json : unescaped(json) };
      return located.interpolated === true ? { ...located, value: String(json) } : different();
    }
    case 'list': {
      if (!Array.isArray(json) || json.length !== located.items.length) return different();
      return { ...located, items: located.items.map((item, index) => withTexts(item, json[index])) };
    }
    case 'object': {
      if (
        typeof json !== 'object' ||
        json === null ||
        Array.isArray(json) ||
        Object.keys(json).length !== located.entries.size
      )
        return different();
      const entries = [...located.entries].map(([name, entry]): [string, LocatedEntry] => {
        if (!Object.hasOwn(json, name)) return different();
        return [
          name,
          { ...entry, value: withTexts(entry.value, (json as Readonly<Record<string, unknown>>)[name]) },
        ];
      });
      return { ...located, entries: new Map(entries) };
    }
  }
}

/** Resolves the escapes `$${` and `%%{`, which the parser leaves unchanged. */
function unescaped(text: string): string {
  return text.replaceAll('$${', () => '${').replaceAll('%%{', () => '%{');
}

function different(): never {
  throw new DifferentReadings('the file uses HCL syntax that is not supported');
}
