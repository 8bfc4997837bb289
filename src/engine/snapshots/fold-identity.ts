import { createHash } from 'node:crypto';
import { definitionOf } from '#domain/event-types/index.js';

export interface FoldIdentity {
  readonly name: string;
  /** Must be increased with every change to the stored records or to how events are folded. */
  readonly version: number;
  readonly events: Iterable<string>;
  readonly border?: bigint;
}

/** Two folds with the same digest produce the same result for the same events. */
export function digestOfFold({ name, version, events, border }: FoldIdentity): string {
  const versions = [...events].sort().map((type) => `${type} ${definitionOf(type)?.version ?? 0}`);
  return createHash('sha256')
    .update(JSON.stringify([name, version, versions, border === undefined ? null : String(border)]))
    .digest('hex');
}
