import { SOFT_DELETED } from './append-rule.js';
import { decodePayload } from './payload.js';

/** Type of metadata events, which define how a stream is read. They are stored in the stream's metadata stream. */
export const METADATA_TYPE = '$metadata';
const METADATA_PREFIX = '$$';
/** EventStoreDB writes this value, the largest int64, into `$tb` for a soft delete. */
const NEVER = '9223372036854775807';

export const SOFT_DELETE_METADATA = `{"$tb":${NEVER}}`;

export function metadataStreamOf(stream: string): string {
  return `${METADATA_PREFIX}${stream}`;
}

export function subjectOf(stream: string): string | undefined {
  return stream.startsWith(METADATA_PREFIX) ? stream.slice(METADATA_PREFIX.length) : undefined;
}

export interface StreamMetadata {
  readonly truncateBefore: number;
  readonly maxCount?: number;
  readonly maxAgeMs?: number;
}

/** Parses the newest event of a metadata stream. Invalid values have no effect, as in EventStoreDB. */
export function readStreamMetadata(data: string): StreamMetadata {
  const { $tb, $maxCount, $maxAge } = metadataIn(data);
  const truncateBefore = positive($tb);
  const maxCount = positive($maxCount);
  const maxAge = positive($maxAge);
  return {
    truncateBefore:
      truncateBefore === undefined
        ? 0
        : truncateBefore >= Number(NEVER)
          ? SOFT_DELETED
          : Math.min(truncateBefore, SOFT_DELETED - 1),
    ...(maxCount !== undefined && { maxCount }),
    ...(maxAge !== undefined && { maxAgeMs: maxAge * 1000 }),
  };
}

/** Returns the entries that truncate a stream, as texts such as `$maxCount` with its value. */
export function cutsIn(data: string): readonly string[] {
  const metadata = metadataIn(data);
  const shown = (value: unknown): string => (Number(value) >= Number(NEVER) ? NEVER : String(value));
  return ['$maxCount', '$maxAge', '$tb'].flatMap((name) =>
    positive(metadata[name]) === undefined ? [] : [`${name} ${shown(metadata[name])}`],
  );
}

/** Returns the same metadata with a different `$tb`, which revives a soft-deleted stream. */
export function truncatedBefore(data: string | undefined, before: number): string {
  return JSON.stringify({ ...(data !== undefined && metadataIn(data)), $tb: before });
}

/** Returns the fields of a stream's metadata. As in EventStoreDB, there are none if the metadata is not a JSON object. */
export function metadataIn(data: string): Readonly<Record<string, unknown>> {
  const { bytes, json } = decodePayload(data);
  if (!json) return {};
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : {};
  } catch {
    return {};
  }
}

function positive(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : undefined;
}
