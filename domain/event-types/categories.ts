import { categoryOf } from '../event/index.js';
import { STREAMS } from './list.js';

/** Kept for what is to come, so that nobody else begins to write them. */
const RESERVED = ['tenantname', 'service'];

/** Every category of Muster's own streams. */
export const ALL_CATEGORIES: readonly string[] = [...STREAMS.map(({ category }) => category), ...RESERVED];

const OWN: ReadonlySet<string> = new Set(ALL_CATEGORIES);

/**
 * Whether a stream is Muster's own. Others may share the log: their streams are in $all too, whatever they are named and whatever
 * types their events have, and every fold passes them by.
 */
export function isOwnStream(stream: string): boolean {
  return OWN.has(categoryOf(stream));
}
