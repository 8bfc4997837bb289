import type { WorkSlot, WorkTask, WorkView } from '../owned-work/index.js';
import type { AssignedPort } from '../job/task-port.js';
import { CLAIM_GROUP, CLAIM_TASK } from './job.js';
import type { ClaimFacts, Ending } from './status.js';

/** A claim, as far as its phase and its placement follow from it. */
export interface ClaimProgress {
  readonly standing: ClaimFacts['standing'];
  readonly work: WorkView;
}

/** Where a claim is, or was last. */
export interface ClaimPlacement {
  readonly allocationId: string;
  readonly nodeId: string;
  /** Empty: its agent named none. */
  readonly containerId: string;
  readonly running: boolean;
  /** What its ports are reached under on the node. */
  readonly ports: readonly AssignedPort[];
  readonly ending: Ending | null;
}

/** What phase and reason are made of. */
export function factsOf(claim: ClaimProgress): ClaimFacts {
  const { standing, work } = claim;
  const placement = placementOf(claim);
  const moved = slotOf(work)?.moved ?? null;
  return {
    standing,
    evaluated: work.evaluated,
    blocked: work.blocked?.[CLAIM_GROUP] ?? null,
    placement: placement && { running: placement.running, ending: placement.ending },
    moved: moved === null ? null : MOVED[moved],
  };
}

/** A node that has less than before has fewer GPUs: one failed, or an operator lent fewer. */
const MOVED = { lost: 'NodeLost', drain: 'NodeDrained', 'capacity-shrunk': 'GpuLost' } as const;

/** What was lost, or stopped though the claim is held, is placed elsewhere: null. Of what ended otherwise it stays known where and how. */
export function placementOf({ standing, work }: ClaimProgress): ClaimPlacement | null {
  const slot = slotOf(work);
  if (slot === null || (standing === 'held' && (slot.released === 'lost' || slot.released === 'stopped'))) return null;
  const { allocationId, nodeId, running, tasks, ports } = slot;
  return { allocationId, nodeId, containerId: tasks[CLAIM_TASK]?.containerId ?? '', running, ports: ports?.[CLAIM_TASK] ?? [], ending: endingOf(slot) };
}

function slotOf({ groups }: WorkView): WorkSlot | null {
  return groups[CLAIM_GROUP]?.slots[0] ?? null;
}

function endingOf({ tasks, ended, ran, message }: WorkSlot): Ending | null {
  const task = tasks[CLAIM_TASK];
  const told = task === undefined || task.status === 'running' ? null : endingOfTask(task);
  if (told !== null || ended === null || ended === 'stopped' || ended === 'lost') return told;
  return ended === 'complete' || ran ? 'exited' : startProblem(message);
}

/** A task with an exit code has run. One without never began where its image did not come; else its start tells. */
function endingOfTask({ status, exitCode, startTime, error, message }: WorkTask): Ending | null {
  if (status === 'stopped') return null;
  if (exitCode !== null || status === 'complete') return 'exited';
  const problem = startProblem(error ?? message);
  return problem === 'image' || startTime === null ? problem : 'exited';
}

/** Agents say in words why an image did not come; a third party's may use others. */
const IMAGE = /image pull|pull image|pull access denied|manifest unknown|no such image/i;

function startProblem(message: string | null): Ending {
  return IMAGE.test(message ?? '') ? 'image' : 'unstarted';
}
