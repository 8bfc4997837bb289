export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

export interface PatchOperation {
  readonly op: 'add' | 'remove' | 'replace';
  /** A JSON pointer (RFC 6901). */
  readonly path: string;
  readonly value?: Json;
}

/** Returns a JSON Patch (RFC 6902). Each list is treated as changed in a single contiguous range. */
export function jsonPatch(before: Json, after: Json): readonly PatchOperation[] {
  const patch: PatchOperation[] = [];
  compare(before, after, '', patch);
  return patch;
}

function compare(before: Json, after: Json, path: string, patch: PatchOperation[]): void {
  if (isList(before) && isList(after)) return compareLists(before, after, path, patch);
  if (isObject(before) && isObject(after)) return compareObjects(before, after, path, patch);
  if (!isSame(before, after)) patch.push({ op: 'replace', path, value: after });
}

type JsonObject = Readonly<Record<string, Json>>;

function compareObjects(before: JsonObject, after: JsonObject, path: string, patch: PatchOperation[]): void {
  const to = (name: string): string => `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  for (const name of Object.keys(before))
    if (!Object.hasOwn(after, name)) patch.push({ op: 'remove', path: to(name) });
  for (const [name, value] of Object.entries(after))
    if (!Object.hasOwn(before, name)) patch.push({ op: 'add', path: to(name), value });
    else compare(before[name]!, value, to(name), patch);
}

function compareLists(
  before: readonly Json[],
  after: readonly Json[],
  path: string,
  patch: PatchOperation[],
): void {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && isSame(before[start]!, after[start]!)) start += 1;
  let end = 0;
  while (end < shorter - start && isSame(before.at(-1 - end)!, after.at(-1 - end)!)) end += 1;
  const had = before.slice(start, before.length - end);
  const has = after.slice(start, after.length - end);
  const both = Math.min(had.length, has.length);
  for (let at = 0; at < both; at += 1) compare(had[at]!, has[at]!, `${path}/${start + at}`, patch);
  // Removes from the end, because each removal shifts the elements that follow.
  for (let at = had.length - 1; at >= both; at -= 1)
    patch.push({ op: 'remove', path: `${path}/${start + at}` });
  for (let at = both; at < has.length; at += 1)
    patch.push({ op: 'add', path: `${path}/${start + at}`, value: has[at]! });
}

function isSame(one: Json, other: Json): boolean {
  if (isList(one) && isList(other))
    return one.length === other.length && one.every((each, at) => isSame(each, other[at]!));
  if (isObject(one) && isObject(other)) {
    const names = Object.keys(one);
    return (
      names.length === Object.keys(other).length &&
      names.every((name) => Object.hasOwn(other, name) && isSame(one[name]!, other[name]!))
    );
  }
  return one === other;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !isList(value);
}
