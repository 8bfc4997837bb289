import type { components } from '../generated/audit.js';

type Diff = components['schemas']['ObjectDiff'];

/** A field that differs. `before` or `after` is undefined if the field does not exist at that moment. */
export interface Field {
  readonly name: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Returns the fields that differ between two states. Nested field names are joined by dots. */
export function fieldsOf({ from, to, patch }: Pick<Diff, 'from' | 'to' | 'patch'>): readonly Field[] {
  if (from.state === undefined || to.state === undefined)
    return Object.keys(from.state ?? to.state ?? {}).map((name) => ({
      name,
      before: from.state?.[name],
      after: to.state?.[name],
    }));
  return patch.map(({ path, op, value }) => ({
    name: partsOf(path).join('.'),
    before: op === 'add' ? undefined : at(from.state, path),
    after: op === 'remove' ? undefined : value,
  }));
}

/** Returns the parts of a JSON pointer (RFC 6901). */
function partsOf(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function at(state: unknown, pointer: string): unknown {
  return partsOf(pointer).reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null
        ? (value as Readonly<Record<string, unknown>>)[part]
        : undefined,
    state,
  );
}
