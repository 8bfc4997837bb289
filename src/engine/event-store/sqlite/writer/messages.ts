import type { MessagePort } from 'node:worker_threads';
import type { ErrorCode, ErrorFields } from '#domain/errors/index.js';
import type { WireExpectation } from '../../wire-rule.js';

/** One wish of a client of the writer. Revisions: -1 stands for "no stream". */
export type WriteRequest =
  /** `texts`: id, type, data, metadata of each event in turn. */
  | { readonly do: 'append'; readonly token: number; readonly stream: string; readonly expected: number; readonly texts: readonly string[] }
  | { readonly do: 'truncate'; readonly token: number; readonly stream: string; readonly before: number }
  | { readonly do: 'delete' | 'tombstone'; readonly token: number; readonly stream: string; readonly expected: number }
  | WireWriteRequest;

/** A wish of a client of the wire: all four forms of expectation, names of the store itself, no bound but the wire's. */
export type WireWriteRequest =
  | { readonly do: 'wire-append'; readonly token: number; readonly stream: string; readonly expected: WireExpectation; readonly texts: readonly string[] }
  | { readonly do: 'wire-delete' | 'wire-tombstone'; readonly token: number; readonly stream: string; readonly expected: WireExpectation };

/** From a client to the writer: all that it wished for within one turn of its loop. */
export interface WriteMessage {
  readonly requests: readonly WriteRequest[];
}

/** From the thread that opened the store. */
export type ControlMessage = { readonly connect: { readonly port: MessagePort; readonly slot: number } } | { readonly close: true };

/** An error on its way between threads. */
export interface WireError {
  readonly code: ErrorCode;
  readonly fields: ErrorFields;
}

/** From the writer to a client. */
export type WriterMessage =
  /** The log is open and belongs to `id`. First, and only to the thread that opened it. */
  | { readonly kind: 'open'; readonly id: string }
  | { readonly kind: 'failed'; readonly error: WireError }
  /** `answers`: token, revision, position of each request that was taken, in turn. */
  | { readonly kind: 'answers'; readonly answers: readonly number[]; readonly refusals: readonly (WireError & { readonly token: number })[] }
  /** The log has grown since the client last waited for it. */
  | { readonly kind: 'grown' }
  /** The disk failed: nothing is known of what was not answered, and nothing more will be written. */
  | { readonly kind: 'fatal'; readonly error: WireError }
  | { readonly kind: 'closed' };

/** What the writer thread is started with. */
export interface WriterStart {
  readonly file: string;
  /** Room is set aside on the disk for what ends work. */
  readonly reserve: boolean;
  readonly port: MessagePort;
  readonly shared: SharedArrayBuffer;
}
