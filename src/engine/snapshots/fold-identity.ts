import { createHash } from 'node:crypto';
import type { EventTable } from '#domain/kernel/event/index.js';

export interface FoldIdentity {
  readonly name: string;
  /** Must be increased with every change to the stored records or to how events are folded. */
  readonly version: number;
  /** The events that are folded. */
  readonly events: EventTable;
  readonly border?: bigint;
}

/** Two folds with the same digest produce the same result for the same events. */
export function digestOfFold({ name, version, events, border }: FoldIdentity): string {
  const versions = Object.keys(events)
    .sort()
    .map((type) => `${type} ${events[type]!.version}`);
  return createHash('sha256')
    .update(JSON.stringify([name, version, versions, border === undefined ? null : String(border)]))
    .digest('hex');
}
