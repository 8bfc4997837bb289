import type { Scope, SurfaceHost } from '#src/http/index.js';
import { changedReads } from './changed.js';
import { changeReads } from './changes.js';
import { diffReads } from './diff.js';
import { eventReads } from './events.js';
import { momentReads } from './moments.js';
import type { HistoryParts } from './parts.js';

export type { HistoryParts };

/** Routes of the recorded history, in the order of their description. */
export function historyReads(app: Scope, host: SurfaceHost<HistoryParts>): void {
  for (const reads of [eventReads, changeReads, changedReads, diffReads, momentReads]) reads(app, host);
}
