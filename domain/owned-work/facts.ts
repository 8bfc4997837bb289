import type { Recorded } from '../event/index.js';
import type { JobEvent } from '../job/events.js';
import type { NodeEvent } from '../node/events.js';
import type { PlanEvent } from '../plan-log/events.js';

/** What can be said of a job's work: by its own stream, by the nodes that it runs on, and by the plan log. */
export type WorkFact = Recorded<JobEvent> | Recorded<NodeEvent> | Recorded<PlanEvent>;

/** Facts of some types. */
export type FactOf<Type extends WorkFact['type']> = Extract<WorkFact, { type: Type }>;
