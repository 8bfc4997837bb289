import type { AllocationStatusWord } from '../jobs/job/allocation-status.js';
import type { JobStatus } from '../jobs/job/status.js';
import { plural } from '../kernel/plural.js';
import type { BlockedGroup } from '../scheduling/planning/explain-placement.js';
import { actorText } from './actor.js';
import { eventSentence, outcomeOf, time } from './event-sentence.js';
import { isNewest, last, type EventOf, type Events, type ExplainedEvent } from './explained.js';
import { blockedSentence, whyNotThere } from './placement-words.js';
import { endWords, stopWords } from './why-allocation.js';
import type { Why } from './why.js';

/** The state of a job, folded from its events. */
export interface ExplainedJob {
  readonly status: JobStatus;
  /** By group. Null for a slot that was not filled yet. */
  readonly slots: Readonly<Record<string, readonly (ExplainedSlot | null)[]>>;
}

interface ExplainedSlot {
  readonly allocationId: string;
  readonly status: AllocationStatusWord;
  readonly final: boolean;
  /** When the slot will be filled again, in milliseconds since the epoch. */
  readonly retryAt?: number;
}

/** The latest allocation of a slot, which failed or was lost. */
export interface Trouble {
  readonly allocationId: string;
  readonly status: 'failed' | 'lost';
  readonly group: string;
}

/** A sentence, and the event since which it holds. */
type Told = Pick<Why, 'sentence' | 'since' | 'evidence'>;

const NEW_JOB: ExplainedJob = { status: 'pending', slots: {} };
/** Number of allocations that are described. */
export const TROUBLES_TOLD = 3;

/**
 * @param events the job's own events, the scheduler's about it, and the nodes' about the allocations of {@link troublesOf}, in order
 * @param job undefined if the job no longer exists
 * @param blocked each waiting group in the state in which it was blocked
 */
export function whyJob(
  events: Events,
  job: ExplainedJob = NEW_JOB,
  blocked: readonly BlockedGroup[] = [],
  not?: string,
): Why {
  const told = endOf(events) ?? SENTENCES[job.status](events, job);
  const hasFailed = finishOf(events)?.data.outcome === 'failed';
  return {
    ...told,
    evidence: [
      ...(not === undefined
        ? []
        : blocked.map(({ group, survey }) => `Group ${group}: ${whyNotThere(survey, not)}`)),
      ...told.evidence,
      ...rolloutEvidence(events),
      ...(hasFailed ? stopEvidence(events) : []),
    ],
  };
}

/** Returns the allocations that explain why a job is not as it should be. */
export function troublesOf({ slots }: ExplainedJob): readonly Trouble[] {
  return Object.entries(slots).flatMap(([group, each]) =>
    each.flatMap((slot) =>
      slot?.status === 'failed' || slot?.status === 'lost'
        ? [{ allocationId: slot.allocationId, status: slot.status, group }]
        : [],
    ),
  );
}

type Sentence = (events: Events, job: ExplainedJob) => Told;

/** Each status of a job that neither ended nor is being stopped according to its events. */
const SENTENCES: Readonly<Record<JobStatus, Sentence>> = {
  pending: pendingSentence,
  blocked: pendingSentence,
  running: (events) => {
    const command = commandOf(events);
    const reverted = command?.type === 'JobUpdated' && command.data.from !== undefined ? command : undefined;
    if (reverted !== undefined) return plain(revertedSentence(events, reverted), reverted);
    const waits = events.filter(
      ({ type }) => type === 'EvaluationBlocked' || type === 'EvaluationCompleted' || COMMANDS.has(type),
    );
    const since = waits.findLast(
      ({ type }, place) => type !== 'EvaluationCompleted' || waits[place - 1]?.type === 'EvaluationBlocked',
    );
    return plain(
      `It is running${command === undefined ? '' : ` because ${by(command)}`}, and all its instances have been placed.`,
      since,
    );
  },
  degraded: (events, job) => {
    const slots = Object.values(job.slots).flat();
    const running = slots.filter((slot) => slot?.status === 'running').length;
    return troubled(
      events,
      job,
      `It is degraded: ${running} of ${plural(slots.length, 'instance')} ${running === 1 ? 'is' : 'are'} running.`,
    );
  },
  lost: (events, job) => troubled(events, job, 'None of its instances is running, because nodes were lost.'),
  failed: (events, job) => troubled(events, job, 'It failed.'),
  complete: (events) =>
    plain('It has ended: all its allocations completed.', last(events, 'AllocationCompleted')),
  dead: (events) => plain('It was stopped.', commandOf(events)),
};

function plain(sentence: string, since: ExplainedEvent | undefined): Told {
  return { sentence, evidence: [], ...(since !== undefined && { since }) };
}

function pendingSentence(events: Events, job: ExplainedJob): Told {
  const wait = waitOf(events);
  if (wait !== undefined) return plain(`It is waiting: ${waitWords(wait)}.`, firstOfWait(events, wait));
  if (troublesOf(job).length > 0) return troubled(events, job, 'It is waiting for its next try.');
  const command = commandOf(events);
  const slots = Object.values(job.slots).flat();
  const placed = slots.filter((slot) => slot?.status === 'pending').length;
  const isEvaluated = events.some(
    ({ type, position }) => type === 'EvaluationCompleted' && position > (command?.position ?? 0n),
  );
  return plain(
    placed > 0
      ? `It is starting: ${placed} of ${plural(slots.length, 'instance')} ${placed === 1 ? 'has' : 'have'} been placed and not started yet.`
      : isEvaluated
        ? 'It is waiting: not all its instances have been placed yet.'
        : 'It is waiting: the scheduler has not evaluated it yet.',
    command,
  );
}

/** Adds to a sentence which allocations ended, and which groups wait. */
function troubled(events: Events, job: ExplainedJob, sentence: string): Told {
  const troubles = troublesOf(job);
  const [first, ...others] = troubles.slice(0, TROUBLES_TOLD).map((each) => endWords(events, each));
  const wait = waitOf(events);
  const rollout = failedRollout(events);
  const started = troubles.flatMap(
    ({ allocationId }) =>
      events.findLast(
        ({ type, data }) => ENDS.has(type) && 'allocationId' in data && data.allocationId === allocationId,
      ) ?? [],
  );
  const [since] = [...started, ...(wait === undefined ? [] : [firstOfWait(events, wait)])].sort(
    (one, other) => (one.position < other.position ? -1 : 1),
  );
  const more = troubles.length - TROUBLES_TOLD;
  return {
    ...plain(
      [
        sentence,
        ...(first === undefined ? [] : [first]),
        ...(rollout === undefined ? [] : [`${capital(eventSentence(rollout))}.`]),
        ...(wait === undefined ? [] : [`${capital(waitWords(wait))}.`]),
      ].join(' '),
      since ?? commandOf(events),
    ),
    evidence: [...others, ...(more > 0 ? [`${plural(more, 'more allocation')} ended.`] : [])],
  };
}

const ENDS: ReadonlySet<string> = new Set([
  'AllocationReleased',
  'AllocationFailed',
  'AllocationStopped',
  'AllocationLost',
]);

function capital(text: string): string {
  return text.replace(/^./u, (first) => first.toUpperCase());
}

/** The scheduler looks again once a minute, so the reasons may no longer hold. */
function waitWords(wait: EventOf<'EvaluationBlocked'>): string {
  return `${blockedSentence(wait.data.reasons)} (as of ${time(wait.metadata.at)})`;
}

/** Returns the first of the consecutive evaluations that found the job waiting. */
function firstOfWait(events: Events, wait: ExplainedEvent): ExplainedEvent {
  const before = events.findLast(
    ({ type, position }) => position < wait.position && (endsWait(type) || type === 'AllocationReleased'),
  );
  return (
    events.find(
      ({ type, position }) => type === 'EvaluationBlocked' && position > (before?.position ?? -1n),
    ) ?? wait
  );
}

/** Returns the rollout of the newest version, if it failed and was not reverted. */
function failedRollout(events: Events): EventOf<'JobDeploymentSettled'> | undefined {
  const settled = last(events, 'JobDeploymentSettled');
  return settled?.data.outcome === 'failed' && isNewest(settled, commandOf(events)) ? settled : undefined;
}

/** Returns the sentence of a job that has ended, or is being stopped, according to its events. */
function endOf(events: Events): Told | undefined {
  const command = commandOf(events);
  const finished = finishOf(events);
  if (finished !== undefined) return plain(`It has ended: ${finishedWords(events, finished)}.`, finished);
  return command?.type === 'JobStopped' || command?.type === 'JobDeleted'
    ? plain(`It is being stopped because ${by(command)}.`, command)
    : undefined;
}

/**
 * Returns the end of the newest version. Muster deletes the jobs of runs, builds and claims after their end: then it is the end before the deletion.
 */
function finishOf(events: Events): EventOf<'JobFinished'> | undefined {
  const command = commandOf(events);
  const isTidied = command?.type === 'JobDeleted' && command.metadata.actor?.startsWith('saga:') === true;
  const last = events.findLast(
    (event): event is EventOf<'JobFinished'> =>
      event.type === 'JobFinished' &&
      (!isTidied || event.data.outcome === 'complete' || event.data.outcome === 'failed'),
  );
  const started = isTidied ? events.findLast(({ type }) => STARTS.has(type)) : command;
  if (last !== undefined && isNewest(last, started)) return last;
  const finished = events.findLast((event): event is EventOf<'JobFinished'> => event.type === 'JobFinished');
  return finished !== undefined && isNewest(finished, command) ? finished : undefined;
}

function commandOf(events: Events): ExplainedEvent | undefined {
  return events.findLast(({ type }) => COMMANDS.has(type));
}

function endsWait(type: string): boolean {
  return type === 'EvaluationCompleted' || type === 'JobFinished' || COMMANDS.has(type);
}

const STARTS: ReadonlySet<string> = new Set(['JobSubmitted', 'JobUpdated', 'JobRestarted']);
const COMMANDS: ReadonlySet<string> = new Set([...STARTS, 'JobStopped', 'JobDeleted']);

/** Returns the evaluation that explains why a job is waiting, or undefined if it is not waiting according to these events. */
export function waitOf(events: Events): EventOf<'EvaluationBlocked'> | undefined {
  const wait = last(events, 'EvaluationBlocked');
  const later = events.findLast(({ type }) => endsWait(type));
  return wait !== undefined && isNewest(wait, later) ? wait : undefined;
}

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

function by(event: ExplainedEvent): string {
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
