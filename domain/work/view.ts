import { jobStatus, type JobStatus, type SlotFacts } from '../jobs/job/status.js';
import type { AllocationStatusWord, TaskStatusWord } from '../jobs/job/allocation-status.js';
import type { AssignedPorts } from '../jobs/job/task-port.js';
import type { TaskUsage } from '../nodes/node/events.js';
import type { BlockedReasons, ReleaseOutcome } from '../scheduling/plan-log/events.js';
import type { JobProgress } from './step.js';

export interface WorkTask {
  readonly status: TaskStatusWord;
  /** Unix seconds. */
  readonly startTime: number | null;
  readonly endTime: number | null;
  readonly exitCode: number | null;
  readonly error: string | null;
  readonly message: string | null;
  readonly containerId?: string;
  /** Null: not decided yet, or not running. Tasks without checks are healthy while they run. */
  readonly healthy: boolean | null;
  /** Unix seconds by the server's clock; null: not healthy. */
  readonly healthySince: number | null;
  readonly healthMessage?: string;
  /** When everything needed for the start was available, above all the image: Unix seconds by the node's clock. Absent: unknown. */
  readonly preparedTime?: number;
  /** `repository@sha256:…`, or the id of an image without a registry. */
  readonly imageDigest?: string;
  /** Revision of the node's event that holds the result; absent: none. */
  readonly resultAt?: number;
  readonly usage?: TaskUsage;
}

export interface WorkSlot {
  readonly allocationId: string;
  readonly nodeId: string;
  readonly jobVersion: number;
  readonly attempt: number;
  readonly devices?: Readonly<Record<string, readonly number[]>>;
  /** Host ports that the scheduler assigned, by task; absent: none. */
  readonly ports?: AssignedPorts;
  readonly running: boolean;
  readonly ran: boolean;
  readonly ended: Exclude<AllocationStatusWord, 'pending' | 'running'> | null;
  readonly message: string | null;
  readonly tasks: Readonly<Record<string, WorkTask>>;
  readonly released: ReleaseOutcome | null;
  readonly final: boolean;
  /** Its restarts are used up, and it waits to be rescheduled. Absent: no. */
  readonly rescheduled?: true;
  /** When the slot may be filled again, in milliseconds since the epoch; null: immediately or never. */
  readonly retryAt: number | null;
  /** Why it is not, or will not be, where the slot was first placed. */
  readonly moved: 'lost' | 'drain' | 'capacity-shrunk' | null;
}

export interface WorkGroup {
  /** Identity of the group's work; null: unknown. */
  readonly identity: string | null;
  /** The oldest version whose placements still count. */
  readonly since: number;
  /** By slot number; null: never filled. */
  readonly slots: readonly (WorkSlot | null)[];
}

/** The state of a work item's job, folded from the events of the job, the plan log and the nodes. */
export interface WorkView {
  readonly job: JobProgress['job'];
  readonly version: number;
  readonly asked: string | null;
  readonly finished: 'complete' | 'failed' | 'stopped' | 'deleted' | null;
  /** The scheduler has evaluated the job at least once. */
  readonly evaluated: boolean;
  /** Why groups cannot be placed; null: all can. */
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

/** The job's status as the core defines it; `pending` before the job was created. */
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

/** Returns whether every slot of the newest version runs; false without slots. */
export function allRun({ job, groups }: WorkView): boolean {
  const slots = Object.values(groups).flatMap((group) => group.slots);
  return job === 'begun' && slots.length > 0 && slots.every((slot) => slot?.running === true);
}

/** Unix seconds by the server's clock since when all tasks are healthy; null: not all are. */
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
