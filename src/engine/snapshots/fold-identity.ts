import { createHash } from 'node:crypto';
import { definitionOf } from '#domain/event-types/index.js';

/** What decides whether a kept state is of use to a fold. */
export interface FoldIdentity {
  readonly name: string;
  /** Rises with every change of the kept records, or of what the fold makes of events. */
  readonly version: number;
  /** Types of the events that it folds. */
  readonly events: Iterable<string>;
  /** Events at or before this position do not count; absent where all do. */
  readonly border?: bigint;
}

/** Two folds of the same digest make the same of the same events. */
export function digestOfFold({ name, version, events, border }: FoldIdentity): string {
  const versions = [...events].sort().map((type) => `${type} ${definitionOf(type)?.version ?? 0}`);
  return createHash('sha256')
    .update(JSON.stringify([name, version, versions, border === undefined ? null : String(border)]))
    .digest('hex');
}
