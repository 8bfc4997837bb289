import type { ExplainedEvent, Why } from '#domain/explain/index.js';
import type { AnyEvent, Recorded } from '#domain/kernel/event/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import type { Decision, DecisionReads } from '#src/fleet/scheduler/index.js';
import { read } from '#src/http/index.js';
import type { LogSearch } from './log-search.js';

export const NODES_LISTED = 50;
export const CHAIN_EVENTS = 200;
/** Usual maximum time between a stop request and the release of the allocation. */
export const STOP_TAKES_MS = 600_000;

export interface Explained<Event = Recorded<AnyEvent>> {
  readonly why: Why;
  readonly decision?: Decision | undefined;
  readonly events: readonly Event[];
  /** False if there may be more events than were examined. */
  readonly isComplete: boolean;
}

export interface Explainer {
  readonly search: LogSearch;
  readonly readModels: Pick<ReadModels, 'get'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Absent for callers who may not see other nodes and their work. */
  readonly decisions?: DecisionReads;
}

export interface Asked {
  readonly id: string;
  /** Id of a node. The evidence explains why the object was not placed there. */
  readonly not: string | undefined;
}

export async function document<Document>(
  { readModels }: Explainer,
  model: string,
  id: string,
): Promise<Document | undefined> {
  const stored = await readModels.get(model, id);
  return stored && read<Document>(stored);
}

/** Ids do not contain characters that JSON escapes, so comparing strings is sufficient. */
export function names(field: string, id: string): (event: RecordedEvent) => boolean {
  const text = `"${field}":${JSON.stringify(id)}`;
  return ({ data }) => data.includes(text);
}

export function merged(lists: readonly (readonly ExplainedEvent[])[]): ExplainedEvent[] {
  const byPosition = new Map(lists.flat().map((event) => [event.position, event]));
  const events = [...byPosition.values()].sort((one, other) => (one.position < other.position ? -1 : 1));
  return events.slice(-CHAIN_EVENTS);
}
