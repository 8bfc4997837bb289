import { read } from '../../api/client.js';
import type { Page } from '../../api/types.js';

export interface Named {
  readonly id: string;
  readonly name?: string;
}

const MOST_CANDIDATES = 20;

/** Returns the id of the row whose id or name equals the text or starts with it. Undefined if no row or several rows match. */
export function meant(rows: readonly Named[], text: string): string | undefined {
  const exact = rows.find(({ id }) => id === text);
  if (exact !== undefined) return exact.id;
  const named = rows.filter(({ name }) => name === text);
  const begun = rows.filter(({ id, name = '' }) => id.startsWith(text) || name.startsWith(text));
  const found = named.length > 0 ? named : begun;
  return found.length === 1 ? found[0]?.id : undefined;
}

/** Finds the id of a node or job as of a moment. */
export async function findNamed(
  of: 'node' | 'job',
  text: string,
  at: string | undefined,
): Promise<string | undefined> {
  const query = new URLSearchParams({ filter: text, limit: String(MOST_CANDIDATES) });
  const { body } = await read<Page<Named>>(`/console/api/${of}s?${query.toString()}`, at);
  return meant(body.rows, text);
}
