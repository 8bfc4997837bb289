import type { LocalAccess } from '#agents/platform/listener/index.js';
import type { SqliteEventStoreHandle } from '#src/engine/event-store/index.js';
import type { WireCredentials } from './access.js';
import type { ForeignStreams } from './write-rule.js';

export interface WireWorkerStart {
  readonly handle: SqliteEventStoreHandle;
  /** Categories of Muster's streams. */
  readonly categories: readonly string[];
  readonly host: string;
  readonly port: number;
  readonly tls: { readonly key: string; readonly cert: string } | undefined;
  readonly credentials: WireCredentials | undefined;
  readonly localAccess?: LocalAccess | undefined;
  readonly foreign?: ForeignStreams;
}

export type WireWorkerReport =
  | { readonly kind: 'listening'; readonly url: string; readonly port: number }
  | { readonly kind: 'failed'; readonly problem: string };
export type WireWorkerOrder = 'close';
