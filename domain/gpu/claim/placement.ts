import type { WorkSlot, WorkTask, WorkView } from '../../work/index.js';
import type { AssignedPort } from '../../jobs/job/task-port.js';
import { CLAIM_GROUP, CLAIM_TASK } from './job.js';
import type { ClaimFacts, Ending } from './status.js';

export interface ClaimProgress {
  readonly standing: ClaimFacts['standing'];
  readonly work: WorkView;
}

export interface ClaimPlacement {
  readonly allocationId: string;
  readonly nodeId: string;
  readonly containerId: string;
  readonly running: boolean;
  readonly ports: readonly AssignedPort[];
  readonly ending: Ending | null;
}

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

const MOVED = { lost: 'NodeLost', drain: 'NodeDrained', 'capacity-shrunk': 'GpuLost' } as const;

/**
 * Returns null if the claim is about to be placed elsewhere: its allocation was lost, or was stopped while the claim is held. A claim that ended in
 * any other way keeps its placement.
 */
export function placementOf({ standing, work }: ClaimProgress): ClaimPlacement | null {
  const slot = slotOf(work);
  if (slot === null || (standing === 'held' && (slot.released === 'lost' || slot.released === 'stopped')))
    return null;
  const { allocationId, nodeId, running, tasks, ports } = slot;
  return {
    allocationId,
    nodeId,
    containerId: tasks[CLAIM_TASK]?.containerId ?? '',
    running,
    ports: ports?.[CLAIM_TASK] ?? [],
    ending: endingOf(slot),
  };
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

function endingOfTask({ status, exitCode, startTime, error, message }: WorkTask): Ending | null {
  if (status === 'stopped') return null;
  if (exitCode !== null || status === 'complete') return 'exited';
  const problem = startProblem(error ?? message);
  return problem === 'image' || startTime === null ? problem : 'exited';
}

const IMAGE = /image pull|pull image|pull access denied|manifest unknown|no such image/i;

function startProblem(message: string | null): Ending {
  return IMAGE.test(message ?? '') ? 'image' : 'unstarted';
}
