import type { RecordedMusterEvent } from '../event-types/registry.js';
import type { BlockedGroup, PlacementExplanation } from '../scheduling/planning/explain-placement.js';
import { ownerEndWords } from '../work/owner-end.js';
import { actorText, eventSentence, exitOf, outcomeOf, skipSentence, time } from './event-sentence.js';
import { isNewest, last, type EventOf, type Events } from './last.js';
import {
  blockedSentence,
  chosenSentence,
  placementEvidence,
  stopSentence,
  whyNotNode,
  whyNotThere,
} from './placement-words.js';

/** Explanation of the state of an object. */
export interface Why {
  readonly sentence: string;
  /** Each is a complete sentence. */
  readonly evidence: readonly string[];
}

export interface RepeatedPlacement {
  readonly placement: PlacementExplanation;
  readonly basisRecorded: boolean;
}

/**
 * @param events events of the allocation, in order, including commands about its job in the meantime
 * @param not a different node: the evidence says why the allocation is not there
 */
export function whyAllocation(events: Events, repeated: RepeatedPlacement | undefined, not?: string): Why {
  const placed = last(events, 'AllocationPlaced');
  const stop = last(events, 'AllocationStopRequested');
  const released = last(events, 'AllocationReleased');
  const started = last(events, 'AllocationStarted');
  const there = repeated === undefined ? undefined : chosenSentence(repeated.placement);
  const evidence = [
    ...(not === undefined || repeated === undefined ? [] : [whyNotNode(repeated.placement, not)]),
    ...(repeated === undefined ? [] : placementEvidence(repeated.placement, repeated.basisRecorded)),
  ];
  if (released !== undefined) return { sentence: endSentence(events, released, stop), evidence };
  if (stop !== undefined)
    return { sentence: `It is being stopped because ${stopWords(events, stop)}.`, evidence };
  const node = placed?.data.nodeId ?? 'its node';
  const state =
    started === undefined
      ? `is placed on node ${node} and has not started yet`
      : `is running on node ${node}`;
  return { sentence: `It ${state}${there === undefined ? '' : ` because ${there}`}.`, evidence };
}

function endSentence(
  events: Events,
  released: EventOf<'AllocationReleased'>,
  stop: EventOf<'AllocationStopRequested'> | undefined,
): string {
  const next = nextSentence(released);
  switch (released.data.outcome) {
    case 'complete':
      return 'It ended because all its tasks completed.';
    case 'stopped':
      return `It was stopped${stop === undefined ? '' : ` because ${stopWords(events, stop)}`}.`;
    case 'lost': {
      const down = last(events, 'NodeWentDown') ?? last(events, 'AllocationLost');
      return `It was lost${down === undefined ? '' : ` because ${eventSentence(down)}`}.${next}`;
    }
    case 'failed': {
      const exit = events.findLast(
        (event): event is EventOf<'TaskExited'> =>
          event.type === 'TaskExited' && event.data.status === 'failed',
      );
      const message = last(events, 'AllocationFailed')?.data.message ?? null;
      const why = exit !== undefined ? `task ${exit.data.task} ${exitOf(exit.data)}` : message;
      return `It failed${why === null || why === '' ? '' : `: ${why}`}.${next}`;
    }
  }
}

function nextSentence({ data: { retryAt, rescheduled } }: EventOf<'AllocationReleased'>): string {
  if (retryAt === undefined) return ' Its slot will not be filled again.';
  return rescheduled === true
    ? ` Its restarts were used up, so its reschedule policy will place it again at ${time(retryAt)} or later.`
    : ` Its slot will be filled again at ${time(retryAt)} or later.`;
}

/** Returns the reason for a stop, and who caused it. */
function stopWords(events: Events, stop: EventOf<'AllocationStopRequested'>): string {
  const { reason } = stop.data;
  const cause = events.findLast(
    (event) => event.position < stop.position && CAUSES_OF_STOPS[reason].includes(event.type),
  );
  return `${stopSentence(reason, stop.data)}${cause === undefined ? '' : ` by ${actorText(cause.metadata.actor)}`}`.replace(
    /is draining by (.*)/,
    'is draining, which $1 requested',
  );
}

const CAUSES_OF_STOPS: Readonly<
  Record<EventOf<'AllocationStopRequested'>['data']['reason'], readonly RecordedMusterEvent['type'][]>
> = {
  'job-stopped': ['JobStopped'],
  'job-updated': ['JobUpdated', 'JobRestarted'],
  'job-deleted': ['JobDeleted'],
  'scaled-down': ['JobUpdated'],
  drain: ['NodeDrainStarted'],
  'capacity-shrunk': [],
};

/**
 * @param events the job's own events and the scheduler's about it, in order
 * @param blocked each waiting group in the state in which it was blocked
 */
export function whyJob(events: Events, blocked: readonly BlockedGroup[] = [], not?: string): Why {
  const wait = waitOf(events);
  const finished = last(events, 'JobFinished');
  const command = events.findLast(({ type }) => COMMANDS.includes(type));
  const evidence = [
    ...(not === undefined
      ? []
      : blocked.map(({ group, survey }) => `Group ${group}: ${whyNotThere(survey, not)}`)),
    ...rolloutEvidence(events),
    ...(finished?.data.outcome === 'failed' ? stopEvidence(events) : []),
  ];
  if (finished !== undefined && isNewest(finished, command))
    return { sentence: `It has ended: ${finishedWords(events, finished)}.`, evidence };
  if (command?.type === 'JobStopped' || command?.type === 'JobDeleted')
    return { sentence: `It is being stopped because ${by(command)}.`, evidence };
  if (wait !== undefined)
    return { sentence: `It is waiting: ${blockedSentence(wait.data.reasons)}.`, evidence };
  const reverted = command?.type === 'JobUpdated' && command.data.from !== undefined ? command : undefined;
  if (reverted !== undefined) return { sentence: revertedSentence(events, reverted), evidence };
  if (last(events, 'EvaluationCompleted') === undefined && last(events, 'AllocationPlaced') === undefined)
    return { sentence: 'It is waiting: the scheduler has not evaluated it yet.', evidence };
  return {
    sentence: `It is running${command === undefined ? '' : ` because ${by(command)}`}, and all its instances have been placed.`,
    evidence,
  };
}

/** Returns the evaluation that explains why a job is waiting, or undefined if it is not waiting according to these events. */
export function waitOf(events: Events): EventOf<'EvaluationBlocked'> | undefined {
  const wait = last(events, 'EvaluationBlocked');
  const later = events.findLast(
    ({ type }) => type === 'EvaluationCompleted' || type === 'JobFinished' || COMMANDS.includes(type),
  );
  return wait !== undefined && isNewest(wait, later) ? wait : undefined;
}

const COMMANDS: readonly string[] = [
  'JobSubmitted',
  'JobUpdated',
  'JobRestarted',
  'JobStopped',
  'JobDeleted',
];

function finishedWords(events: Events, { data: { outcome } }: EventOf<'JobFinished'>): string {
  if (outcome === 'complete') return 'all its allocations completed';
  if (outcome === 'failed') {
    const failed = events.findLast(({ type }) => type === 'AllocationFailed' || type === 'AllocationLost');
    return failed === undefined ? 'at least one allocation failed permanently' : eventSentence(failed);
  }
  const command = last(events, outcome === 'deleted' ? 'JobDeleted' : 'JobStopped');
  return command === undefined ? `it was ${outcome}` : by(command);
}

/** Returns why earlier allocations were stopped, because the failed one may have replaced them. */
function stopEvidence(events: Events): string[] {
  return events
    .filter((event): event is EventOf<'AllocationStopRequested'> => event.type === 'AllocationStopRequested')
    .slice(-3)
    .map(
      (stop) =>
        `Allocation ${stop.data.allocationId} was stopped on node ${stop.data.nodeId} because ${stopWords(events, stop)}.`,
    );
}

function by(event: RecordedMusterEvent): string {
  return `${eventSentence(event)} by ${actorText(event.metadata.actor)}`;
}

function revertedSentence(events: Events, reverted: EventOf<'JobUpdated'>): string {
  const failed = events.findLast(
    (event): event is EventOf<'JobDeploymentSettled'> =>
      event.type === 'JobDeploymentSettled' &&
      event.data.outcome === 'failed' &&
      event.position < reverted.position,
  );
  return failed === undefined
    ? `It is running an earlier version again: ${by(reverted)}.`
    : `It was rolled back to version ${reverted.data.from} because the rollout of version ${failed.data.version} ${outcomeOf(failed.data)}.`;
}

function rolloutEvidence(events: Events): string[] {
  return events
    .filter(({ type }) => type === 'JobDeploymentSettled')
    .slice(-3)
    .map((event) => `At ${time(event.metadata.at)} ${eventSentence(event)}.`);
}

export function whyNode(events: Events): Why {
  const down = last(events, 'NodeWentDown');
  const alive = events.findLast(({ type }) => type === 'NodeRegistered' || type === 'NodeCameBack');
  const removed = last(events, 'NodeRemoved');
  const drain = last(events, 'NodeDrainStarted');
  const eligibility = last(events, 'NodeEligibilitySet');
  const health = last(events, 'NodeHeartbeatReceived') ?? last(events, 'NodeRegistered');
  const problems = [
    ...(removed !== undefined && isNewest(removed, alive) ? [`${eventSentence(removed)}`] : []),
    ...(down !== undefined && isNewest(down, alive) ? [eventSentence(down)] : []),
    ...(drain !== undefined && isNewest(drain, last(events, 'NodeDrainEnded'))
      ? [`it is draining, which ${actorText(drain.metadata.actor)} requested`]
      : []),
    ...(eligibility?.data.eligible === false
      ? [`it was set ineligible by ${actorText(eligibility.metadata.actor)}`]
      : []),
    ...(health?.data.healthy === false ? ['it reported that it is unhealthy'] : []),
  ];
  return {
    sentence:
      problems.length === 0
        ? 'It accepts placements.'
        : `It does not accept placements because ${problems.join(', and ')}.`,
    evidence: [],
  };
}

/**
 * Explains the state of a run, or why its slot did not run.
 * @param events the task's own events about the run or the slot
 * @param ofJob the explanation of the run's job, or undefined if it has none
 */
export function whyRun(events: Events, ofJob: Why | undefined): Why {
  const skipped = events.findLast(
    (event): event is EventOf<'TaskSlotDecided'> =>
      event.type === 'TaskSlotDecided' && event.data.decision === 'skipped',
  );
  if (skipped?.data.decision === 'skipped')
    return { sentence: `The slot did not run because ${skipSentence(skipped.data.reason)}.`, evidence: [] };
  const end = events.findLast(({ type }) => type === 'TaskRunEnded' || type === 'TaskRunsCancelled');
  const retried = last(events, 'TaskRunRetried');
  const evidence = [
    ...(retried === undefined ? [] : [`At ${time(retried.metadata.at)} ${eventSentence(retried)}.`]),
    ...(ofJob === undefined ? [] : [jobSentence(ofJob), ...ofJob.evidence]),
  ];
  if (end?.type === 'TaskRunsCancelled')
    return {
      sentence: `It was cancelled by ${actorText(end.metadata.actor)}: ${cancelWords(end.data.reason)}.`,
      evidence,
    };
  if (end?.type === 'TaskRunEnded')
    return {
      sentence:
        end.data.outcome === 'success'
          ? 'It succeeded.'
          : end.data.outcome === 'timeout'
            ? 'It ended because it exceeded its time limit.'
            : `It failed${end.data.secret === undefined ? '' : ' because a secret was not available'}.`,
      evidence,
    };
  return { sentence: ofJob?.sentence ?? 'It has not been started yet.', evidence: besides(ofJob, evidence) };
}

/** Evidence about an object from the explanation of its job. */
export function jobSentence({ sentence }: Why): string {
  return `Its job: ${sentence}`;
}

/** Returns the evidence for a sentence that is the job's own, without repeating that sentence. */
export function besides(ofJob: Why | undefined, evidence: readonly string[]): readonly string[] {
  return ofJob === undefined ? evidence : evidence.filter((each) => each !== jobSentence(ofJob));
}

const CANCELS: Readonly<Record<string, string>> = {
  requested: 'cancellation was requested',
  replaced: 'a newer run replaced it',
  deleted: 'its task was deleted',
  owner_ended: 'the account that owns its task was erased or deactivated',
};

/** Returns why runs were cancelled, in words. */
export function cancelWords(reason: string): string {
  return CANCELS[reason] ?? reason;
}

/** @param events the claim's own events */
export function whyClaim(events: Events, ofJob: Why | undefined): Why {
  const end = last(events, 'GpuClaimEnded');
  const released = last(events, 'GpuReleased');
  const evidence = ofJob === undefined ? [] : [jobSentence(ofJob), ...ofJob.evidence];
  if (released !== undefined)
    return { sentence: `It ended because ${actorText(released.metadata.actor)} released it.`, evidence };
  if (end !== undefined) return { sentence: `It ended: its program ${end.data.outcome}.`, evidence };
  return {
    sentence: ofJob?.sentence ?? 'It is waiting: it has no job yet.',
    evidence: besides(ofJob, evidence),
  };
}

/** @param events the service's own events */
export function whyService(events: Events, ofJob: Why | undefined): Why {
  const newest = events.findLast(({ type }) => SERVICE_STATES.includes(type));
  const evidence = ofJob === undefined ? [] : [jobSentence(ofJob), ...ofJob.evidence];
  switch (newest?.type) {
    case 'ServiceStopRequested':
      return {
        sentence: `It is stopped because ${
          newest.data.because === undefined
            ? `${actorText(newest.metadata.actor)} stopped it`
            : ownerEndWords(newest.data.because)
        }.`,
        evidence,
      };
    case 'ServiceFailed':
      return { sentence: `It failed: ${newest.data.reason.message || newest.data.reason.code}.`, evidence };
    case 'DeploymentSettled':
      return { sentence: settledSentence(newest), evidence };
    case 'DeploymentRequested': {
      const former = last(events, 'DeploymentSettled');
      if (newest.data.because !== 'reverted' || former === undefined) break;
      return {
        sentence: `It was rolled back to version ${newest.data.version} because ${eventSentence(former)}.`,
        evidence,
      };
    }
    default:
  }
  return { sentence: ofJob?.sentence ?? 'It has not been deployed yet.', evidence: besides(ofJob, evidence) };
}

const SERVICE_STATES: readonly string[] = [
  'ServiceStopRequested',
  'ServiceFailed',
  'DeploymentSettled',
  'DeploymentRequested',
  'ServiceRestarted',
];

function settledSentence(event: EventOf<'DeploymentSettled'>): string {
  const sentence = eventSentence(event);
  return event.data.outcome === 'completed'
    ? `It is serving because ${sentence}.`
    : `${sentence[0]?.toUpperCase() ?? ''}${sentence.slice(1)}.`;
}

/** @param events the events that resulted from the request, in order */
export function whyRequest(events: Events): Why {
  const [first] = events;
  if (first === undefined) return { sentence: 'It changed nothing.', evidence: [] };
  const surface = first.metadata.surface === undefined ? '' : ` on the ${first.metadata.surface} surface`;
  return {
    sentence:
      `It came from ${actorText(first.metadata.actor)}${surface}, and had ${events.length} effects: ${eventSentence(first)}${
        events.length > 1 ? ', and its consequences' : ''
      }.`.replace('had 1 effects', 'had 1 effect'),
    evidence: [],
  };
}
