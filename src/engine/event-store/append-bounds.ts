import { MusterError } from '#domain/kernel/errors/index.js';
import type { AppendRequest, ExpectedRevision } from '#domain/kernel/ports/event-store.js';
import { SOFT_DELETED } from './append-rule.js';

export const MAX_APPEND_EVENTS = 200;
/** Maximum size of one append in bytes: the data, metadata and types of all its events in UTF-8. */
export const MAX_APPEND_BYTES = 256 * 1024;
/**
 * Maximum size of an append from an export, in bytes: 32 MiB, which no EventStoreDB takes in one append, and what they grow to in base64 if they are no
 * JSON.
 */
export const MAX_IMPORTED_BYTES = 44 * 1024 * 1024;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** Lone surrogates cannot be encoded in UTF-8, so different names that contain one could be stored as the same name. */
const LONE_SURROGATE = /\p{Surrogate}/u;
/** For the names that Muster gives. Other programs may have longer ones in the same log. */
const MAX_STREAM_NAME = 512;

/** Returns the size of an append in bytes. Throws if the append is invalid or too large for any adapter. */
export function checkAppend(request: AppendRequest): number {
  checkStream(request.stream);
  if (request.imported !== true && request.stream.length > MAX_STREAM_NAME)
    throw invalid('stream', `must have at most ${MAX_STREAM_NAME} characters`);
  checkExpected(request.expected);
  if (request.events.length === 0) throw invalid('events', 'must contain at least one event');
  let bytes = 0;
  for (const event of request.events) {
    if (!UUID.test(event.id)) throw invalid('events.id', 'must be a lower-case UUID');
    if (event.type === '' || event.type.startsWith('$'))
      throw invalid('events.type', 'must not be empty or begin with $');
    bytes +=
      Buffer.byteLength(event.data) + Buffer.byteLength(event.metadata) + Buffer.byteLength(event.type);
  }
  const maxBytes = request.imported === true ? MAX_IMPORTED_BYTES : MAX_APPEND_BYTES;
  if (request.events.length > MAX_APPEND_EVENTS || bytes > maxBytes) {
    throw new MusterError('MUSTER_E_APPEND_TOO_LARGE', { events: request.events.length, bytes });
  }
  return bytes;
}

export function checkStream(stream: string): void {
  if (stream === '' || stream.includes('\0') || LONE_SURROGATE.test(stream))
    throw invalid('stream', 'is not a valid stream name');
  if (stream.startsWith('$')) throw invalid('stream', 'names that begin with $ are reserved for the store');
}

export function checkExpected(expected: ExpectedRevision): void {
  if (expected !== 'no_stream' && (!Number.isSafeInteger(expected) || expected < 0))
    throw invalid('expected', 'must be a revision or no_stream');
}

export function checkBefore(before: number): void {
  if (!Number.isSafeInteger(before) || before < 0 || before === SOFT_DELETED)
    throw invalid('before', 'must be a revision');
}

function invalid(field: string, problem: string): MusterError {
  return new MusterError('MUSTER_E_INVALID', { field, problem });
}
