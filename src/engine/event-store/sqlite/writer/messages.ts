import type { MessagePort } from 'node:worker_threads';
import type { ErrorCode, ErrorFields } from '#domain/kernel/errors/index.js';
import type { WireExpectation } from '../../wire-rule.js';

/** A request to the writer. Revision -1 means "no stream". */
export type WriteRequest =
  /** `texts`: id, type, data, metadata of each event in turn. */
  | {
      readonly do: 'append';
      readonly token: number;
      readonly stream: string;
      readonly expected: number;
      readonly texts: readonly string[];
    }
  | { readonly do: 'truncate'; readonly token: number; readonly stream: string; readonly before: number }
  | {
      readonly do: 'delete' | 'tombstone';
      readonly token: number;
      readonly stream: string;
      readonly expected: number;
    }
  | WireWriteRequest;

/** A request from the protocol server: all four forms of expectation, system names, and only the protocol's limits. */
export type WireWriteRequest =
  | {
      readonly do: 'wire-append';
      readonly token: number;
      readonly stream: string;
      readonly expected: WireExpectation;
      readonly texts: readonly string[];
    }
  | {
      readonly do: 'wire-delete' | 'wire-tombstone';
      readonly token: number;
      readonly stream: string;
      readonly expected: WireExpectation;
    };

export interface WriteMessage {
  readonly requests: readonly WriteRequest[];
}

export type ControlMessage =
  { readonly connect: { readonly port: MessagePort; readonly slot: number } } | { readonly close: true };

export interface WireError {
  readonly code: ErrorCode;
  readonly fields: ErrorFields;
}

export type WriterMessage =
  /** The log `id` is open. First message, and only to the thread that opened it. */
  | { readonly kind: 'open'; readonly id: string }
  | { readonly kind: 'failed'; readonly error: WireError }
  /** `answers`: token, revision, position of each successful request, in turn. */
  | {
      readonly kind: 'answers';
      readonly answers: readonly number[];
      readonly refusals: readonly (WireError & { readonly token: number })[];
    }
  | { readonly kind: 'grown' }
  /** The disk failed: pending requests have an unknown outcome, and nothing more will be written. */
  | { readonly kind: 'fatal'; readonly error: WireError }
  | { readonly kind: 'closed' };

export interface WriterStart {
  readonly file: string;
  readonly reserve: boolean;
  readonly port: MessagePort;
  readonly shared: SharedArrayBuffer;
}
