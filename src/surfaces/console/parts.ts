import type { Catalog } from '#domain/kernel/catalog/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { History } from '#domain/kernel/ports/history.js';
import type { Identity } from '#src/accounts/index.js';
import type { VisibilityParts } from '#src/features/visibility/index.js';
import type { CallParts, Reached } from '#src/http/index.js';

/** What this surface uses of the server. */
export type ConsoleParts = CallParts &
  VisibilityParts & {
    readonly identity: Identity;
    readonly eventStore: EventStore;
    readonly catalog: Catalog;
    readonly history?: History | undefined;
    /** Replaces `history` for requests as of a moment. Finds the documents that differ between two positions. */
    readonly documentChanges?: Pick<History, 'changed'> | undefined;
    readonly clock: Clock;
    readonly settings: Reached;
  };
