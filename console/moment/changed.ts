import type { Range } from './in-url.js';

/** Kinds of objects whose changes are recorded. */
export const RECORDED_KINDS: readonly string[] = [
  'job',
  'allocation',
  'node',
  'task',
  'run',
  'service',
  'environment',
  'claim',
  'account',
];
const MOST_OBJECTS = 1000;

/** Returns the API path that lists the objects that differ between two moments. */
export function changedPath({ before, after }: Range, kind?: string): string {
  const query = new URLSearchParams({ from: before, limit: String(MOST_OBJECTS) });
  if (after !== undefined) query.set('to', after);
  if (kind !== undefined) query.set('kind', kind);
  return `/audit/changed?${query.toString()}`;
}
