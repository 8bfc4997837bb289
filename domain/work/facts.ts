import type { Recorded } from '../kernel/event/index.js';
import type { JobEvent } from '../jobs/job/events.js';
import type { NodeEvent } from '../nodes/node/events.js';
import type { PlanEvent } from '../scheduling/plan-log/events.js';

export type WorkFact = Recorded<JobEvent> | Recorded<NodeEvent> | Recorded<PlanEvent>;

export type FactOf<Type extends WorkFact['type']> = Extract<WorkFact, { type: Type }>;
