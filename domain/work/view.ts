import { jobStatus, type JobStatus, type SlotFacts } from '../jobs/job/status.js';
import type { TaskState } from '../allocations/index.js';
import type { AllocationStatusWord } from '../jobs/job/allocation-status.js';
import type { AssignedPorts } from '../jobs/job/task-port.js';
import type { BlockedReasons, ReleaseOutcome } from '../scheduling/plan-log/events.js';
import type { JobProgress } from './step.js';

export interface WorkTask extends TaskState {
  readonly healthy: boolean | null;
  /** Unix seconds by the server's clock, or null if the task is not healthy. */
  readonly healthySince: number | null;
}

export interface WorkSlot {
  readonly allocationId: string;
  readonly nodeId: string;
  readonly jobVersion: number;
  readonly attempt: number;
  readonly devices?: Readonly<Record<string, readonly number[]>>;
  readonly ports?: AssignedPorts;
  readonly running: boolean;
  readonly ran: boolean;
  readonly ended: Exclude<AllocationStatusWord, 'pending' | 'running'> | null;
  readonly message: string | null;
  readonly tasks: Readonly<Record<string, WorkTask>>;
  readonly released: ReleaseOutcome | null;
  readonly final: boolean;
  readonly rescheduled?: true;
  /** When the slot may be filled again, in milliseconds since the epoch. Null means immediately or never. */
  readonly retryAt: number | null;
  /** Why an instance is not, or will not be, on the node where the slot was first placed. */
  readonly moved: 'lost' | 'drain' | 'capacity-shrunk' | null;
}

export interface WorkGroup {
  readonly identity: string | null;
  readonly since: number;
  /** Slots by number. Null for a slot that was never filled. */
  readonly slots: readonly (WorkSlot | null)[];
  /** Instances of other work that run until a rollout reaches their slots, by slot. Absent if there are none. */
  readonly former?: Readonly<Record<number, FormerInstance>>;
}

export interface FormerInstance {
  readonly identity: string | null;
  readonly slot: WorkSlot;
}

/** The state of a work item's job, folded from the events of the job, the plan log and the nodes. */
export interface WorkView {
  readonly job: JobProgress['job'];
  readonly version: number;
  readonly asked: string | null;
  readonly finished: 'complete' | 'failed' | 'stopped' | 'deleted' | null;
  readonly evaluated: boolean;
  readonly blocked: BlockedReasons | null;
  readonly groups: Readonly<Record<string, WorkGroup>>;
}

export const NO_WORK: WorkView = {
  job: 'none',
  version: 0,
  asked: null,
  finished: null,
  evaluated: false,
  blocked: null,
  groups: {},
};

export function jobProgressOf({ job, asked, finished }: WorkView): JobProgress {
  return { job, asked, ended: finished !== null };
}

export function workStatus({ job, finished, blocked, groups }: WorkView): JobStatus {
  const slots = Object.values(groups).map((group) =>
    group.slots.map((slot) => (slot === null ? null : factsOf(slot))),
  );
  return jobStatus({
    stopped: job === 'stopped' || finished === 'stopped' || finished === 'deleted',
    outcome: finished,
    blocked: blocked !== null,
    slots,
  });
}

export function allRun({ job, groups }: WorkView): boolean {
  const slots = Object.values(groups).flatMap((group) => group.slots);
  return job === 'begun' && slots.length > 0 && slots.every((slot) => slot?.running === true);
}

/** Returns since when all tasks have been healthy, in Unix seconds by the server's clock, or null if not all of them are. */
export function healthySince({ running, tasks }: WorkSlot): number | null {
  const since = Object.values(tasks).flatMap(({ status, healthySince }) =>
    status === 'running' ? [healthySince] : [],
  );
  return !running || since.length === 0 || since.includes(null)
    ? null
    : Math.max(...since.map((each) => each ?? 0));
}

function factsOf({ ended, released, running, final }: WorkSlot): SlotFacts {
  return { status: released ?? ended ?? (running ? 'running' : 'pending'), final };
}
