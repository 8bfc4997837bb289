import { jobStatus, type JobStatus, type SlotFacts } from '../job/status.js';
import type { AllocationStatusWord, TaskStatusWord } from '../job/allocation-status.js';
import type { AssignedPorts } from '../job/task-port.js';
import type { TaskUsage } from '../node/events.js';
import type { BlockedReasons, ReleaseOutcome } from '../plan-log/events.js';
import type { JobProgress } from './step.js';

/** What became of one task of a placement. */
export interface WorkTask {
  readonly status: TaskStatusWord;
  /** Unix seconds. */
  readonly startTime: number | null;
  readonly endTime: number | null;
  readonly exitCode: number | null;
  readonly error: string | null;
  readonly message: string | null;
  /** Of the container that it runs or ran in, as its agent names it. */
  readonly containerId?: string;
  /** While it runs; null: its agent's checks have not decided yet, or it does not run. One without checks is healthy while it runs. */
  readonly healthy: boolean | null;
  /** Since when it is healthy, by the server's clock: Unix seconds; null: it is not. */
  readonly healthySince: number | null;
  /** The newest answer of the check that decided. */
  readonly healthMessage?: string;
  /** When all that its start needed was there, its image above all, by the node's clock: Unix seconds. Absent: its agent does not say. */
  readonly preparedTime?: number;
  /** The image that it was started from: `repository@sha256:…`, or the id of one that came from no registry. */
  readonly imageDigest?: string;
  /** Revision, in its node's stream, of the event that holds its result; absent: it gave none. */
  readonly resultAt?: number;
  /** As far as its host could measure; absent: not at all. */
  readonly usage?: TaskUsage;
}

/** What holds a slot, or held it last. */
export interface WorkSlot {
  readonly allocationId: string;
  readonly nodeId: string;
  /** The job's version that it was placed from. */
  readonly jobVersion: number;
  readonly attempt: number;
  /** GPU devices by task. */
  readonly devices?: Readonly<Record<string, readonly number[]>>;
  /** Host ports that the scheduler chose, by task; absent: it was to choose none. */
  readonly ports?: AssignedPorts;
  readonly running: boolean;
  /** It has run at some time. */
  readonly ran: boolean;
  /** What its agent said of its end. */
  readonly ended: Exclude<AllocationStatusWord, 'pending' | 'running'> | null;
  readonly message: string | null;
  readonly tasks: Readonly<Record<string, WorkTask>>;
  /** What the plan log said when it let go of it. */
  readonly released: ReleaseOutcome | null;
  /** The slot's outcome stands: nothing is placed there again. */
  readonly final: boolean;
  /** Its restarts were used up, and it waits to be begun again. Absent: they were not. */
  readonly rescheduled?: true;
  /** When the slot may be filled again, milliseconds since the epoch; null: at once, or never. */
  readonly retryAt: number | null;
  /** Why it is, or is to be, elsewhere than the slot's first placement was. */
  readonly moved: 'lost' | 'drain' | 'capacity-shrunk' | null;
}

export interface WorkGroup {
  /** Says whether an update leaves the group the work that it was; null: no event has said what it is. */
  readonly identity: string | null;
  /** The oldest version whose placements still count. */
  readonly since: number;
  /** By number; null: nothing was placed there yet. */
  readonly slots: readonly (WorkSlot | null)[];
}

/** What became of the job of a work item, folded from the events of the job, of the plan log and of the nodes. */
export interface WorkView {
  readonly job: JobProgress['job'];
  /** Revision of the event that says what the job is to be. */
  readonly version: number;
  readonly asked: string | null;
  /** How the plan log finished that version. */
  readonly finished: 'complete' | 'failed' | 'stopped' | 'deleted' | null;
  /** The scheduler has answered at least once. */
  readonly evaluated: boolean;
  /** For each group that cannot be placed, why; null: there is none. */
  readonly blocked: BlockedReasons | null;
  readonly groups: Readonly<Record<string, WorkGroup>>;
}

/** Of an item whose job was not begun. */
export const NO_WORK: WorkView = { job: 'none', version: 0, asked: null, finished: null, evaluated: false, blocked: null, groups: {} };

export function jobProgressOf({ job, asked, finished }: WorkView): JobProgress {
  return { job, asked, ended: finished !== null };
}

/** The word for it all, as the core gives it to a job. Of one that was not begun: `pending`. */
export function workStatus({ job, finished, blocked, groups }: WorkView): JobStatus {
  const slots = Object.values(groups).map((group) => group.slots.map((slot) => (slot === null ? null : factsOf(slot))));
  return jobStatus({ stopped: job === 'stopped' || finished === 'stopped' || finished === 'deleted', outcome: finished, blocked: blocked !== null, slots });
}

/** Every slot of the newest version runs. Work without a slot does not. */
export function allRun({ job, groups }: WorkView): boolean {
  const slots = Object.values(groups).flatMap((group) => group.slots);
  return job === 'begun' && slots.length > 0 && slots.every((slot) => slot?.running === true);
}

/** Since when all that holds the slot is healthy, by the server's clock: Unix seconds; null: it is not. */
export function healthySince({ running, tasks }: WorkSlot): number | null {
  const since = Object.values(tasks).flatMap(({ status, healthySince }) => (status === 'running' ? [healthySince] : []));
  return !running || since.length === 0 || since.includes(null) ? null : Math.max(...since.map((each) => each ?? 0));
}

function factsOf({ ended, released, running, final }: WorkSlot): SlotFacts {
  return { status: released ?? ended ?? (running ? 'running' : 'pending'), final };
}
