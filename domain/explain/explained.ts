import { environmentEvents } from '../environments/environment/events.js';
import { claimEvents } from '../gpu/claim/events.js';
import { jobEvents } from '../jobs/job/events.js';
import type { RecordedOf } from '../kernel/event/index.js';
import { nodeEvents } from '../nodes/node/events.js';
import { planEvents } from '../scheduling/plan-log/events.js';
import { serviceEvents } from '../services/service/events.js';
import { taskEvents } from '../tasks/task/events.js';

/** The events of the streams from which objects are explained. */
export const EXPLAINED_EVENTS = {
  ...jobEvents,
  ...planEvents,
  ...nodeEvents,
  ...taskEvents,
  ...claimEvents,
  ...serviceEvents,
  ...environmentEvents,
};

export type ExplainedEvent = RecordedOf<typeof EXPLAINED_EVENTS>;
export type Events = readonly ExplainedEvent[];
export type EventOf<Type extends ExplainedEvent['type']> = Extract<ExplainedEvent, { type: Type }>;

export function last<Type extends ExplainedEvent['type']>(
  events: Events,
  type: Type,
): EventOf<Type> | undefined {
  return events.findLast((event): event is EventOf<Type> => event.type === type);
}

export function isNewest(one: ExplainedEvent, other: ExplainedEvent | undefined): boolean {
  return other === undefined || one.position > other.position;
}
