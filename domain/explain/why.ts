import type { AnyEvent, Recorded } from '../kernel/event/index.js';
import type { PlacementExplanation } from '../scheduling/planning/explain-placement.js';
import type { ServiceStatus } from '../services/service/status.js';
import { ownerEndWords } from '../work/owner-end.js';
import { actorText } from './actor.js';
import { eventSentence } from './event-sentence.js';
import { isNewest, last, type EventOf, type Events } from './explained.js';

/** Explanation of the state of an object. */
export interface Why {
  readonly sentence: string;
  /** Each is a complete sentence. */
  readonly evidence: readonly string[];
  /** The event since which the sentence holds. Absent if the latest event that changes a status says it ({@link statusEventOf}). */
  readonly since?: Recorded<AnyEvent>;
}

export interface RepeatedPlacement {
  readonly placement: PlacementExplanation;
  readonly basisRecorded: boolean;
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

/** Returns the explanation of an object's job as evidence. */
export function jobEvidence(ofJob: Why | undefined): string[] {
  return ofJob === undefined ? [] : [jobSentence(ofJob), ...ofJob.evidence];
}

/** Evidence about an object from the explanation of its job. */
function jobSentence({ sentence }: Why): string {
  return `Its job: ${sentence}`;
}

/** Returns the evidence for a sentence that is the job's own, without repeating that sentence. */
export function besides(ofJob: Why | undefined, evidence: readonly string[]): readonly string[] {
  return ofJob === undefined ? evidence : evidence.filter((each) => each !== jobSentence(ofJob));
}

/** @param events the claim's own events */
export function whyClaim(events: Events, ofJob: Why | undefined): Why {
  const end = last(events, 'GpuClaimEnded');
  const released = last(events, 'GpuReleased');
  const evidence = jobEvidence(ofJob);
  if (released !== undefined)
    return { sentence: `It ended because ${actorText(released.metadata.actor)} released it.`, evidence };
  if (end !== undefined) return { sentence: `It ended: its program ${end.data.outcome}.`, evidence };
  return {
    sentence: ofJob?.sentence ?? 'It is waiting: it has no job yet.',
    evidence: besides(ofJob, evidence),
  };
}

/**
 * @param events the service's own events
 * @param ofJob the explanation of the job of its newest deployment, or undefined if it has none
 * @param status undefined if the service no longer exists
 */
export function whyService(events: Events, ofJob: Why | undefined, status?: ServiceStatus): Why {
  const newest = events.findLast(({ type }) => SERVICE_STATES.includes(type));
  const evidence = jobEvidence(ofJob);
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
      if (newest.data.outcome !== 'completed' || status === 'running')
        return { sentence: settledSentence(newest), evidence };
      return {
        sentence: `None of its instances is ready, although ${eventSentence(newest)}.${ofJob === undefined ? '' : ` ${ofJob.sentence}`}`,
        evidence: besides(ofJob, evidence),
      };
    case 'DeploymentRequested': {
      const former = last(events, 'DeploymentSettled');
      if (newest.data.because === 'reverted' && former !== undefined)
        return {
          sentence: `It was rolled back to version ${newest.data.version} because ${eventSentence(former)}.`,
          evidence,
        };
      if (status === 'running' && ofJob !== undefined)
        return {
          sentence: `It is serving, and deployment ${newest.data.number} has not ended. ${ofJob.sentence}`,
          evidence: besides(ofJob, evidence),
        };
      break;
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
export function whyRequest(events: readonly Recorded<AnyEvent>[]): Why {
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
