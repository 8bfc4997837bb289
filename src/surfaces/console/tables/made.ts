import type { Entry } from './table.js';

/** An entry built from a document, without the table's own `id` and `created`. */
export type Made<Row> = Omit<Entry<Row>, 'id' | 'created'>;

export function lower(...texts: readonly (string | null | undefined)[]): string {
  return texts
    .filter((text) => typeof text === 'string')
    .join('\n')
    .toLowerCase();
}

/** @param at milliseconds since the epoch. */
export function time(at: number): string {
  return new Date(at).toISOString();
}
