import { claimOf, phaseOf, reasonOf, CLAIM_GROUP, CLAIM_TASK, type ClaimFacts, type Ending } from '#domain/claim/index.js';
import type { RecordedMusterEvent } from '#domain/event-types/index.js';
import type { StopReason } from '#domain/plan-log/events.js';
import { MODELS, type GpuClaimDocument } from './documents.js';
import { projection } from './projection.js';

type EventOf<Type extends RecordedMusterEvent['type']> = Extract<RecordedMusterEvent, { type: Type }>;

const EVENTS = [
  'GpuClaimed',
  'GpuReleased',
  'GpuClaimEnded',
  'UserErased',
  'JobSubmitted',
  'JobStopped',
  'JobFinished',
  'EvaluationBlocked',
  'EvaluationCompleted',
  'AllocationPlaced',
  'AllocationStopRequested',
  'AllocationReleased',
  'AllocationStarted',
  'TaskStarted',
  'TaskExited',
  'AllocationCompleted',
  'AllocationFailed',
  'AllocationStopped',
  'AllocationLost',
] as const;

/** GPU claims with what became of their jobs. */
export const gpuClaims = projection<GpuClaimDocument>({
  name: MODELS.gpuClaims,
  version: 1,
  events: EVENTS,
  indexes: {
    user: (claim) => claim.userId,
    tenant: (claim) => claim.tenantId,
    phase: (claim) => phaseOf(factsOf(claim)),
    due: (claim) => (dueOf(claim) === undefined ? undefined : DUE),
  },
  touches: (event) => {
    if (event.type === 'UserErased') return [{ where: 'user', equals: event.data.userId }];
    const claim = claimConcerned(event);
    return claim === undefined ? [] : [claim];
  },
  evolve: (claim, event) => {
    if (event.type === 'GpuClaimed') return claimed(event);
    if (claim === undefined) return undefined;
    const next = changed(claim, event);
    return next === claim ? claim : { ...next, updatedAt: event.metadata.at };
  },
});

/** The claim that an event is about: its own, or that of the job that it names. */
export function claimConcerned({ data }: RecordedMusterEvent): string | undefined {
  if ('claimId' in data) return data.claimId;
  return 'jobId' in data ? claimOf(data.jobId) : undefined;
}

/** Whether an allocation is stopped to be placed elsewhere, and not because its job is. */
export function movesAway(reason: StopReason): reason is 'drain' | 'capacity-shrunk' {
  return reason === 'drain' || reason === 'capacity-shrunk';
}

/** The one value of the index `due`. */
export const DUE = 'due';

/** What has yet to follow from what the log says: the job to be begun or stopped, the claim to be ended, or released with its account. */
export type ClaimDue = 'begin' | 'stop' | 'end' | 'release';

/** Undefined: nothing. */
export function dueOf({ standing, job, ownerErased }: GpuClaimDocument): ClaimDue | undefined {
  if (standing !== 'held') return job === 'begun' ? 'stop' : undefined;
  if (ownerErased) return 'release';
  if (job === 'none') return 'begin';
  return job === 'begun' ? undefined : 'end';
}

export function factsOf({ standing, evaluated, blocked, placement, moved }: GpuClaimDocument): ClaimFacts {
  return { standing, evaluated, blocked, placement, moved };
}

/** Phase and reason, as every view of a claim tells them. */
export function statusOf(claim: GpuClaimDocument): { readonly phase: ReturnType<typeof phaseOf>; readonly reason: ReturnType<typeof reasonOf> } {
  const facts = factsOf(claim);
  return { phase: phaseOf(facts), reason: reasonOf(facts) };
}

function claimed({ data, metadata: { at } }: EventOf<'GpuClaimed'>): GpuClaimDocument {
  const { claimId, userId, userNumber, tenantId, image, gpuCount } = data;
  return {
    ...{ claimId, userId, userNumber, tenantId, image, gpuCount },
    ...{ standing: 'held', ownerErased: false, job: 'none', evaluated: false, blocked: null, placement: null, moved: null },
    ...{ createdAt: at, updatedAt: at },
  };
}

function changed(claim: GpuClaimDocument, event: RecordedMusterEvent): GpuClaimDocument {
  switch (event.type) {
    case 'GpuReleased':
      return claim.standing === 'held' ? { ...claim, standing: 'released' } : claim;
    case 'GpuClaimEnded':
      return claim.standing === 'held' ? { ...claim, standing: event.data.outcome } : claim;
    case 'UserErased':
      return { ...claim, ownerErased: true };
    case 'JobSubmitted':
      return { ...claim, job: 'begun' };
    case 'JobStopped':
      return { ...claim, job: 'stopped', blocked: null };
    case 'JobFinished':
      if (claim.job === 'stopped') return claim;
      return { ...claim, job: event.data.outcome === 'complete' ? 'succeeded' : 'failed', blocked: null };
    case 'EvaluationBlocked':
      return { ...claim, evaluated: true, blocked: event.data.reasons[CLAIM_GROUP] ?? null };
    case 'EvaluationCompleted':
      return { ...claim, evaluated: true, blocked: null };
    case 'AllocationPlaced': {
      const { allocationId, nodeId } = event.data;
      return { ...claim, evaluated: true, blocked: null, placement: { allocationId, nodeId, containerId: '', running: false, ending: null } };
    }
    default:
      return 'allocationId' in event.data && event.data.allocationId === claim.placement?.allocationId ? ofPlacement(claim, claim.placement, event) : claim;
  }
}

type Placement = NonNullable<GpuClaimDocument['placement']>;

/** What is said of the allocation that holds the claim's slot. */
function ofPlacement(claim: GpuClaimDocument, placement: Placement, event: RecordedMusterEvent): GpuClaimDocument {
  const is = (change: Partial<Placement>): GpuClaimDocument => ({ ...claim, placement: { ...placement, ...change } });
  switch (event.type) {
    case 'AllocationStarted':
      return placement.ending === null ? is({ running: true, ...containerOf(event.data.tasks[CLAIM_TASK]) }) : claim;
    case 'TaskStarted':
      return is(containerOf(event.data) ?? {});
    case 'TaskExited':
      return is({ ending: endingOf(event.data), ...containerOf(event.data) });
    case 'AllocationCompleted':
      return is({ running: false, ending: placement.ending ?? 'exited' });
    case 'AllocationFailed':
      return is({ running: false, ending: placement.ending ?? (placement.running ? 'exited' : startProblem(event.data.message)) });
    case 'AllocationStopRequested':
      return movesAway(event.data.reason) ? { ...claim, moved: 'NodeDrained' } : claim;
    case 'AllocationStopped':
      return is({ running: false });
    case 'AllocationLost':
      return { ...is({ running: false }), moved: 'NodeLost' };
    case 'AllocationReleased':
      return released(claim, placement, event.data.outcome);
    default:
      return claim;
  }
}

/** An agent that names no container leaves what was known. */
function containerOf(task: { readonly containerId?: string | undefined } | undefined): Pick<Placement, 'containerId'> | undefined {
  return task?.containerId === undefined ? undefined : { containerId: task.containerId };
}

/** What was lost, or stopped though the claim is held, is placed elsewhere. Of what ended otherwise it stays known where and how. */
function released(claim: GpuClaimDocument, placement: Placement, outcome: EventOf<'AllocationReleased'>['data']['outcome']): GpuClaimDocument {
  const moved = outcome === 'lost' ? 'NodeLost' : claim.moved;
  const elsewhere = claim.standing === 'held' && (outcome === 'lost' || outcome === 'stopped');
  return { ...claim, moved, placement: elsewhere ? null : { ...placement, running: false } };
}

/** Agents say in words why an image did not come; a third party's may use others. */
const IMAGE = /image pull|pull image|pull access denied|manifest unknown|no such image/i;

function startProblem(message: string | null): Ending {
  return IMAGE.test(message ?? '') ? 'image' : 'unstarted';
}

/** A task with an exit code or a start has run. */
function endingOf({ status, exitCode, startTime, error, message }: EventOf<'TaskExited'>['data']): Ending | null {
  if (status === 'stopped') return null;
  return exitCode !== null || startTime !== null || status === 'complete' ? 'exited' : startProblem(error ?? message);
}
