import type { EventFilter } from '#domain/kernel/ports/event-store.js';

export interface FilterSql {
  readonly condition: string;
  readonly parameters: readonly string[];
}

export function filterSql(filter: EventFilter): FilterSql {
  const conditions: string[] = [];
  const parameters: string[] = [];
  if (filter.streamPrefixes !== undefined) {
    const ranges = filter.streamPrefixes.map((prefix) => {
      const end = behind(prefix);
      parameters.push(prefix, ...(end === undefined ? [] : [end]));
      return end === undefined ? 'stream >= ?' : '(stream >= ? AND stream < ?)';
    });
    conditions.push(ranges.length === 0 ? '0' : `(${ranges.join(' OR ')})`);
  }
  if (filter.types !== undefined) {
    parameters.push(...filter.types);
    conditions.push(`type IN (${filter.types.map(() => '?').join(', ')})`);
  }
  return { condition: conditions.length === 0 ? '1' : conditions.join(' AND '), parameters };
}

const LAST_CODE_POINT = 0x10ffff;

/** Returns the first text, in UTF-8 order, after all texts with this prefix. Undefined if there is none. */
function behind(prefix: string): string | undefined {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0);
  while (points.at(-1) === LAST_CODE_POINT) points.pop();
  const last = points.pop();
  if (last === undefined) return undefined;
  // Surrogates are not characters, so the last character before them is followed by the first character after them.
  return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1);
}
