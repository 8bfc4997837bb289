import { isStatusEvent, STATUS_OF_REPORT } from '../allocations/index.js';
import { groupNamed } from '../jobs/job/specification.js';
import type { AllocationStatusWord } from '../jobs/job/allocation-status.js';
import { plural } from '../kernel/plural.js';
import { actorText } from './actor.js';
import { eventSentence, exitOf, time } from './event-sentence.js';
import { last, type EventOf, type Events, type ExplainedEvent } from './explained.js';
import { chosenSentence, placementEvidence, stopSentence, whyNotNode } from './placement-words.js';
import type { RepeatedPlacement, Why } from './why.js';

/**
 * @param events events of the allocation, in order, including the version of its job and commands about it in the meantime
 * @param not a different node: the evidence says why the allocation is not there
 */
export function whyAllocation(events: Events, repeated: RepeatedPlacement | undefined, not?: string): Why {
  const evidence = [
    ...(not === undefined || repeated === undefined ? [] : [whyNotNode(repeated.placement, not)]),
    ...(repeated === undefined ? [] : placementEvidence(repeated.placement, repeated.basisRecorded)),
  ];
  const stop = last(events, 'AllocationStopRequested');
  const released = last(events, 'AllocationReleased');
  if (released !== undefined)
    return { sentence: `${ENDS[released.data.outcome](events)}${nextWords(events, released)}`, evidence };
  if (stop !== undefined)
    return { sentence: `It is being stopped because ${stopWords(events, stop)}.`, evidence };
  const report = events.findLast((event) => isStatusEvent(event));
  const status = report === undefined ? 'pending' : STATUS_OF_REPORT[report.type];
  if (status !== 'pending' && status !== 'running') return { sentence: ENDS[status](events), evidence };
  const node = last(events, 'AllocationPlaced')?.data.nodeId ?? 'its node';
  const state = LIVES[status](node);
  const there = repeated === undefined ? '' : ` because ${chosenSentence(repeated.placement)}`;
  return { sentence: `It ${state}${there}.`, evidence };
}

type EndedWord = Exclude<AllocationStatusWord, 'pending' | 'running'>;

const LIVES: Readonly<Record<Exclude<AllocationStatusWord, EndedWord>, (node: string) => string>> = {
  pending: (node) => `is placed on node ${node} and has not started yet`,
  running: (node) => `is running on node ${node}`,
};

const ENDS: Readonly<Record<EndedWord, (events: Events) => string>> = {
  complete: () => 'It ended because all its tasks completed.',
  stopped: (events) => {
    const stop = last(events, 'AllocationStopRequested');
    if (stop !== undefined) return `It was stopped because ${stopWords(events, stop)}.`;
    const message = last(events, 'AllocationStopped')?.data.message ?? '';
    return `It was stopped${message === '' ? '' : `: ${message}`}.`;
  },
  lost: (events) => {
    const lost = lossOf(events);
    return `It was lost${lost === undefined ? '' : ` because ${lost}`}.`;
  },
  failed: (events) => {
    const why = failureOf(events);
    return `It failed${why === undefined ? '' : `: ${why}`}.`;
  },
};

function lossOf(events: Events): string | undefined {
  const event = last(events, 'NodeWentDown') ?? last(events, 'AllocationLost');
  return event && eventSentence(event);
}

/** Returns why an allocation failed, according to its events. Undefined if they do not say. */
export function failureOf(events: Events): string | undefined {
  const exit = events.findLast(
    (event): event is EventOf<'TaskExited'> => event.type === 'TaskExited' && event.data.status === 'failed',
  );
  if (exit !== undefined) return `task ${exit.data.task} ${exitOf(exit.data)}`;
  const message = last(events, 'AllocationFailed')?.data.message ?? '';
  return message === '' ? undefined : message;
}

/** Says in sentences how an allocation failed or was lost, and whether its slot is filled again. */
export function endWords(
  events: Events,
  end: { readonly allocationId: string; readonly group: string; readonly status: 'failed' | 'lost' },
): string {
  const own = eventsOf(events, end.allocationId);
  const node = nodeOf(own);
  const why = end.status === 'failed' ? failureOf(own) : lossOf(own);
  const released = last(own, 'AllocationReleased');
  return `Allocation ${end.allocationId} of group ${end.group} ${end.status === 'failed' ? 'failed' : 'was lost'}${
    node === undefined ? '' : ` on node ${node}`
  }${why === undefined ? '' : `: ${why}`}.${released === undefined ? '' : nextWords(events, released)}`;
}

export function eventsOf(events: Events, allocationId: string): Events {
  return events.filter(({ data }) => 'allocationId' in data && data.allocationId === allocationId);
}

export function nodeOf(own: Events): string | undefined {
  return own.flatMap(({ data }) => ('nodeId' in data ? [data.nodeId] : [])).at(-1);
}

/** Returns a sentence, after a space, on whether the slot of an ended allocation is filled again. */
function nextWords(events: Events, { data }: EventOf<'AllocationReleased'>): string {
  const { retryAt, rescheduled, outcome } = data;
  if (outcome === 'complete' || outcome === 'stopped') return '';
  if (retryAt === undefined) return ` Its slot will not be filled again${usedUp(events, data)}.`;
  return rescheduled === true
    ? ` Its restarts were used up, so its reschedule policy will place it again at ${time(retryAt)} or later.`
    : ` Its slot will be filled again at ${time(retryAt)} or later.`;
}

/** Returns which attempts of the group's policies were used up, by the newest version of the job among the events. */
function usedUp(events: Events, { group: name, outcome }: EventOf<'AllocationReleased'>['data']): string {
  const version = events.findLast(
    (event): event is EventOf<'JobSubmitted' | 'JobUpdated' | 'JobRestarted'> =>
      event.type === 'JobSubmitted' || event.type === 'JobUpdated' || event.type === 'JobRestarted',
  );
  const group = groupNamed(version?.data.specification?.task_groups ?? [], name);
  if (group === undefined) return '';
  if (outcome === 'lost') return ', because its group does not replace lost allocations';
  const { restart, reschedule } = group;
  const used = [
    ...((restart?.attempts ?? 0) > 0 ? [plural(restart?.attempts ?? 0, 'restart')] : []),
    ...((reschedule?.attempts ?? 0) > 0 ? [plural(reschedule?.attempts ?? 0, 'reschedule')] : []),
  ];
  return used.length === 0
    ? ', because its group allows no restarts'
    : `, because its ${used.join(' and its ')} are used up`;
}

/** Returns the reason for a stop, and who caused it. */
export function stopWords(events: Events, stop: EventOf<'AllocationStopRequested'>): string {
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
  Record<EventOf<'AllocationStopRequested'>['data']['reason'], readonly ExplainedEvent['type'][]>
> = {
  'job-stopped': ['JobStopped'],
  'job-updated': ['JobUpdated', 'JobRestarted'],
  'job-deleted': ['JobDeleted'],
  'scaled-down': ['JobUpdated'],
  drain: ['NodeDrainStarted'],
  'capacity-shrunk': [],
};
