import { MusterError } from '#domain/kernel/errors/index.js';
import type { AppendRequest, ExpectedRevision } from '#domain/kernel/ports/event-store.js';
import { SOFT_DELETED } from './append-rule.js';

export const MAX_APPEND_EVENTS = 200;
/** Maximum number of bytes (UTF-8, of data, metadata and type together) of one append. */
export const MAX_APPEND_BYTES = 256 * 1024;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** A lone surrogate has no UTF-8 form, so two such names would become the same. */
const LONE_SURROGATE = /\p{Surrogate}/u;
const MAX_STREAM_NAME = 512;

/** Refuses an append that no adapter could store; returns its size in bytes. */
export function checkAppend(request: AppendRequest): number {
  checkStream(request.stream);
  checkExpected(request.expected);
  if (request.events.length === 0) throw invalid('events', 'an append holds at least one');
  let bytes = 0;
  for (const event of request.events) {
    if (!UUID.test(event.id)) throw invalid('events.id', 'not a lower-case UUID');
    if (event.type === '' || event.type.startsWith('$'))
      throw invalid('events.type', 'empty, or a name of the store itself');
    bytes +=
      Buffer.byteLength(event.data) + Buffer.byteLength(event.metadata) + Buffer.byteLength(event.type);
  }
  if (request.events.length > MAX_APPEND_EVENTS || bytes > MAX_APPEND_BYTES) {
    throw new MusterError('MUSTER_E_APPEND_TOO_LARGE', { events: request.events.length, bytes });
  }
  return bytes;
}

export function checkStream(stream: string): void {
  if (
    stream === '' ||
    stream.length > MAX_STREAM_NAME ||
    stream.includes('\0') ||
    LONE_SURROGATE.test(stream)
  )
    throw invalid('stream', 'not a name of a stream');
  if (stream.startsWith('$')) throw invalid('stream', 'names with a dollar sign are of the store itself');
}

export function checkExpected(expected: ExpectedRevision): void {
  if (expected !== 'no_stream' && (!Number.isSafeInteger(expected) || expected < 0))
    throw invalid('expected', 'neither a revision nor no_stream');
}

export function checkBefore(before: number): void {
  if (!Number.isSafeInteger(before) || before < 0 || before === SOFT_DELETED)
    throw invalid('before', 'not a revision');
}

function invalid(field: string, problem: string): MusterError {
  return new MusterError('MUSTER_E_INVALID', { field, problem });
}
