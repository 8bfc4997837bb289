import type { OwnStreams } from '#domain/kernel/catalog/index.js';
import type { NewEvent } from '#domain/kernel/ports/event-store.js';
import { IDENTITY_STREAM, isEnveloped, SIGNED_TREE_STREAM } from '#src/engine/event-store/index.js';

export type ForeignStreams = 'accept' | 'refuse';

export interface WriteRule {
  refusalOf(stream: string): string | undefined;
  /** Why the stream may not be deleted or tombstoned, and why its metadata, which can discard events, may not be set. */
  deletionRefusalOf(stream: string): string | undefined;
  takesEvent(stream: string, event: Pick<NewEvent, 'data' | 'metadata'>): boolean;
}

/** Streams that servers need besides those of Muster's events. */
const OF_SERVERS: ReadonlySet<string> = new Set([IDENTITY_STREAM, SIGNED_TREE_STREAM]);

const FOREIGN_REFUSED = "this store accepts only Muster's streams (MUSTER_EVENTSTORE_FOREIGN=refuse)";

function ownedByMuster(stream: string): string {
  return `stream '${stream}' belongs to Muster, and only Muster can write to it; use a stream in your own category, such as audit-2026`;
}

function keptByMuster(stream: string): string {
  return `stream '${stream}' holds events that Muster folds from the first on: it cannot be deleted or truncated, and has no metadata`;
}

export const TAKES_ALL: WriteRule = {
  refusalOf: () => undefined,
  deletionRefusalOf: () => undefined,
  takesEvent: () => true,
};

/** Rule for a store whose clients include Muster servers: Muster's streams may contain only Muster's events. */
export function ruleForServers(foreign: ForeignStreams, { isOwnStream, isOurs }: OwnStreams): WriteRule {
  return {
    refusalOf: (stream) =>
      foreign === 'accept' || isOwnStream(stream) || OF_SERVERS.has(stream) ? undefined : FOREIGN_REFUSED,
    deletionRefusalOf: (stream) =>
      isOwnStream(stream) || OF_SERVERS.has(stream) ? keptByMuster(stream) : undefined,
    takesEvent: (stream, { data, metadata }) =>
      !isOwnStream(stream) || (isOurs({ stream, metadata }) && isObject(data)),
  };
}

export function ruleForRunningServer(
  foreign: ForeignStreams,
  { isOwnStream }: Pick<OwnStreams, 'isOwnStream'>,
): WriteRule {
  return {
    refusalOf: (stream) =>
      isOwnStream(stream) ? ownedByMuster(stream) : foreign === 'refuse' ? FOREIGN_REFUSED : undefined,
    deletionRefusalOf: () => undefined,
    takesEvent: () => true,
  };
}

/** Rule for a log that lacks events: it can only be read. */
export function refusesAll(problem: string): WriteRule {
  return { refusalOf: () => problem, deletionRefusalOf: () => problem, takesEvent: () => false };
}

/** Data that is not JSON is stored in an envelope, which is not a Muster event either. */
function isObject(data: string): boolean {
  return data.startsWith('{') && !isEnveloped(data);
}
