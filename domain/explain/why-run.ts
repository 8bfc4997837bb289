import { messageOf } from '../tasks/task/references.js';
import { actorText } from './actor.js';
import { eventSentence, skipSentence, time } from './event-sentence.js';
import { last, type EventOf, type Events } from './explained.js';
import { eventsOf, failureOf, nodeOf } from './why-allocation.js';
import { besides, jobEvidence, type Why } from './why.js';

/**
 * Explains the state of a run, or why its slot did not run.
 * @param events the task's own events about the run or the slot
 * @param ofJob the explanation of the run's job, or undefined if it has none
 * @param jobEvents the events from which the job is explained
 */
export function whyRun(events: Events, ofJob: Why | undefined, jobEvents: Events = []): Why {
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
    ...jobEvidence(ofJob),
  ];
  if (end?.type === 'TaskRunsCancelled')
    return {
      sentence: `It was cancelled by ${actorText(end.metadata.actor)}: ${cancelWords(end.data.reason)}.`,
      evidence,
    };
  if (end?.type === 'TaskRunEnded') return { sentence: endSentence(end, events, jobEvents), evidence };
  const isRestarted = jobEvents.some(
    ({ type, position }) => STARTS.has(type) && position > (retried?.position ?? -1n),
  );
  if (retried !== undefined && !isRestarted)
    return {
      sentence: `It is waiting for attempt ${retried.data.attempt}, which is due at ${time(retried.data.dueAt)}, because the previous attempt ${AFTER[retried.data.after]}.`,
      evidence: ofJob?.evidence ?? [],
    };
  return { sentence: ofJob?.sentence ?? 'It has not been started yet.', evidence: besides(ofJob, evidence) };
}

const STARTS: ReadonlySet<string> = new Set(['JobSubmitted', 'JobUpdated', 'JobRestarted']);

const AFTER: Readonly<Record<EventOf<'TaskRunRetried'>['data']['after'], string>> = {
  failed: 'failed',
  timeout: 'exceeded its time limit',
  lost: 'was lost with its node',
};

function endSentence({ data, position }: EventOf<'TaskRunEnded'>, events: Events, jobEvents: Events): string {
  const { outcome, secret, expired } = data;
  const attempt = attemptWords(events);
  if (outcome === 'success')
    return `It succeeded${last(events, 'TaskRunRetried') === undefined ? '' : attempt}.`;
  if (expired === true)
    return 'It ended because no worker was found for it in the time that its task allows.';
  if (secret !== undefined) return `It failed because ${messageOf(secret)}.`;
  const released = jobEvents.findLast(
    (event): event is EventOf<'AllocationReleased'> =>
      event.type === 'AllocationReleased' && event.position < position && event.data.outcome !== 'complete',
  );
  const own = released === undefined ? [] : eventsOf(jobEvents, released.data.allocationId);
  const node = nodeOf(own);
  const place = node === undefined ? '' : ` on node ${node}`;
  if (outcome === 'timeout') return `It ended${place} because it exceeded its time limit${attempt}.`;
  if (released?.data.outcome === 'lost') return `It failed because it was lost${place}${attempt}.`;
  const why = failureOf(own);
  return `It failed${place}${attempt}${why === undefined ? '' : `: ${why}`}.`;
}

/** Says which attempt was the last one, if the task allows several. */
function attemptWords(events: Events): string {
  const attempts = events.flatMap(({ data }) => ('attempts' in data ? [data.attempts] : []))[0] ?? 1;
  const attempt = last(events, 'TaskRunRetried')?.data.attempt ?? 1;
  return attempts === 1 ? '' : ` in attempt ${attempt} of ${Math.max(attempt, attempts)}`;
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
