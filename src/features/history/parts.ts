import type { Catalog } from '#domain/kernel/catalog/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { History } from '#domain/kernel/ports/history.js';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import type { NamingParts, VisibilityParts } from '#src/features/visibility/index.js';

/** What the routes of the recorded history use of the server. */
export interface HistoryParts extends NamingParts, VisibilityParts {
  readonly readModels: ReadModels;
  readonly eventStore: EventStore;
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly history?: History | undefined;
  /** Whether all parts show a past moment, so that nothing new ever happens and responses are not sent before they are complete. */
  readonly isPast?: boolean;
}
