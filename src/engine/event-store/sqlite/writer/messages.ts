import type { MessagePort } from 'node:worker_threads';
import type { ErrorCode, ErrorFields } from '#domain/kernel/errors/index.js';
import type { WireExpectation } from '../../wire-rule.js';

/** A request to the writer. Revision -1 means "no stream". */
export type WriteRequest =
  /** `texts` contains the id, type, data and metadata of each event in turn. */
  | {
      readonly do: 'append';
      readonly token: number;
      readonly stream: string;
      readonly expected: number;
      readonly texts: readonly string[];
      readonly urgent?: boolean;
    }
  | { readonly do: 'truncate'; readonly token: number; readonly stream: string; readonly before: number }
  | {
      readonly do: 'delete' | 'tombstone';
      readonly token: number;
      readonly stream: string;
      readonly expected: number;
    }
  | WireWriteRequest;

/** A request from the protocol server. It may use all four forms of expectation and system names; only the protocol's limits apply. */
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
  | { readonly kind: 'open'; readonly id: string }
  | { readonly kind: 'failed'; readonly error: WireError }
  /** `answers` contains the token, revision and position of each successful request in turn. */
  | {
      readonly kind: 'answers';
      readonly answers: readonly number[];
      readonly refusals: readonly (WireError & { readonly token: number })[];
    }
  | { readonly kind: 'grown' }
  | { readonly kind: 'fatal'; readonly error: WireError }
  | { readonly kind: 'closed' };

export interface WriterStart {
  readonly file: string;
  readonly reserveFor: readonly string[] | undefined;
  readonly port: MessagePort;
  readonly shared: SharedArrayBuffer;
}
