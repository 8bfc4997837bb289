import { ALLOCATION_REPORTS } from '../allocations/index.js';
import { only, type RecordedOf } from '../kernel/event/index.js';
import { jobEvents } from '../jobs/job/events.js';
import { nodeEvents } from '../nodes/node/events.js';
import { planEvents } from '../scheduling/plan-log/events.js';

/** The events that change the view of an item's work. */
export const WORK_EVENTS = {
  ...only(jobEvents, 'JobSubmitted', 'JobUpdated', 'JobRestarted', 'JobStopped', 'JobDeleted'),
  ...only(planEvents, 'JobFinished', 'EvaluationBlocked', 'EvaluationCompleted'),
  ...only(planEvents, 'AllocationPlaced', 'AllocationStopRequested', 'AllocationReleased'),
  ...only(nodeEvents, ...ALLOCATION_REPORTS),
};

export type WorkFact = RecordedOf<typeof WORK_EVENTS>;

export type FactOf<Type extends WorkFact['type']> = Extract<WorkFact, { type: Type }>;
