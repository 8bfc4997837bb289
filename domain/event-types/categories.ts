import { categoryOf } from '../kernel/event/index.js';
import { STREAMS } from './list.js';

/** Categories reserved for future use: their streams already belong to Muster, so other programs must not write to them. */
const RESERVED = ['tenantname', 'service'];

export const ALL_CATEGORIES: readonly string[] = [...STREAMS.map(({ category }) => category), ...RESERVED];

const OWN: ReadonlySet<string> = new Set(ALL_CATEGORIES);

/**
 * Returns whether a stream belongs to Muster. A shared log contains other streams, which every fold ignores regardless
 * of their names and event types.
 */
export function isOwnStream(stream: string): boolean {
  return OWN.has(categoryOf(stream));
}
