import { SOFT_DELETED } from './append-rule.js';
import { decodePayload } from './payload.js';

/** Type of the events that say how a stream is to be read. They stand in its metadata stream. */
export const METADATA_TYPE = '$metadata';
const METADATA_PREFIX = '$$';
/** What EventStoreDB writes into `$tb` for a soft delete: the largest int64. */
const NEVER = '9223372036854775807';

export const SOFT_DELETE_METADATA = `{"$tb":${NEVER}}`;

export function metadataStreamOf(stream: string): string {
  return `${METADATA_PREFIX}${stream}`;
}

/** The stream that a metadata stream speaks of. */
export function subjectOf(stream: string): string | undefined {
  return stream.startsWith(METADATA_PREFIX) ? stream.slice(METADATA_PREFIX.length) : undefined;
}

/** What of a stream is served. Absent: no such bound. */
export interface StreamMetadata {
  /** {@link SOFT_DELETED} for a soft-deleted stream, 0 for none. */
  readonly truncateBefore: number;
  readonly maxCount?: number;
  readonly maxAgeMs?: number;
}

/** Reads the data of the newest event of a metadata stream. What is no positive number, or no object, has no effect, as in EventStoreDB. */
export function readStreamMetadata(data: string): StreamMetadata {
  const { $tb, $maxCount, $maxAge } = metadataIn(data);
  const truncateBefore = positive($tb);
  const maxCount = positive($maxCount);
  const maxAge = positive($maxAge);
  return {
    truncateBefore: truncateBefore === undefined ? 0 : truncateBefore >= Number(NEVER) ? SOFT_DELETED : Math.min(truncateBefore, SOFT_DELETED - 1),
    ...(maxCount !== undefined && { maxCount }),
    ...(maxAge !== undefined && { maxAgeMs: maxAge * 1000 }),
  };
}

/** What cuts a stream by its metadata, such as `$maxCount` and its value; empty where nothing does. */
export function cutsIn(data: string): readonly string[] {
  const metadata = metadataIn(data);
  const shown = (value: unknown): string => (Number(value) >= Number(NEVER) ? NEVER : String(value));
  return ['$maxCount', '$maxAge', '$tb'].flatMap((name) => (positive(metadata[name]) === undefined ? [] : [`${name} ${shown(metadata[name])}`]));
}

/** The same metadata with another `$tb`: how a soft-deleted stream is begun again. */
export function truncatedBefore(data: string | undefined, before: number): string {
  return JSON.stringify({ ...(data !== undefined && metadataIn(data)), $tb: before });
}

/** The fields of a stream's metadata. Data that is no JSON object has none, as in EventStoreDB. */
export function metadataIn(data: string): Readonly<Record<string, unknown>> {
  const { bytes, json } = decodePayload(data);
  if (!json) return {};
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function positive(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : undefined;
}
