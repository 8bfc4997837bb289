import type { Outcome, TaskStatus } from '../tasks/task/events.js';
import { ownerEndWords } from '../work/owner-end.js';
import { actorText } from './actor.js';
import { eventSentence, skipSentence, time } from './event-sentence.js';
import { last, type Events, type ExplainedEvent } from './explained.js';
import { cancelWords } from './why-run.js';
import type { Why } from './why.js';

export interface TaskState {
  readonly status: TaskStatus;
  /** The next slot after the present, in milliseconds since the epoch. Null if no further slot is scheduled. */
  readonly next: number | null;
  /** Whether slots since the latest skipped one are skipped too, without an event for each. */
  readonly held: boolean;
}

export interface ExplainedRun {
  readonly run: number;
  readonly why: Why;
}

/** Number of earlier skipped slots that the evidence lists. */
const SKIPS_LISTED = 3;

/**
 * Explains what a task does: how its latest run is going, or why it starts none.
 * @param events the task's own events, in order
 * @param task undefined if the task no longer exists
 * @param latest the newest run, or undefined if there is none
 */
export function whyTask(events: Events, task: TaskState | undefined, latest: ExplainedRun | undefined): Why {
  const deleted = last(events, 'TaskDeleted');
  if (deleted !== undefined)
    return { sentence: `It was deleted by ${actorText(deleted.metadata.actor)}.`, evidence: [] };
  const active = task === undefined || task.status === 'active';
  const step = active ? events.findLast((event) => stepOf(event) !== undefined) : undefined;
  const told = active ? stepSentence(step, latest, task?.held === true) : INACTIVE[task.status](events);
  const skips = events.filter((event) => event !== step && stepOf(event)?.kind === 'skipped');
  return {
    sentence: told,
    evidence: [
      ...runEvidence(step, latest),
      ...skips.slice(-SKIPS_LISTED).map((skip) => `At ${time(skip.metadata.at)} ${eventSentence(skip)}.`),
      ...(task === undefined || !active ? [] : [nextSentence(task)]),
    ],
  };
}

type Step =
  | { readonly kind: 'started' | 'cancelled'; readonly run: number; readonly reason?: string }
  | { readonly kind: 'ended'; readonly run: number; readonly outcome: Outcome }
  | { readonly kind: 'skipped'; readonly at: number; readonly reason: string };

/** Returns what an event did to a run or a slot, or undefined if it is about neither. */
function stepOf({ type, data }: ExplainedEvent): Step | undefined {
  switch (type) {
    case 'TaskSlotDecided':
    case 'TaskChainDecided':
      if (data.decision === 'run') return { kind: 'started', run: data.run };
      return { kind: 'skipped', at: 'slot' in data ? data.slot : data.after.at, reason: data.reason };
    case 'TaskTriggered':
    case 'TaskRunRetried':
      return { kind: 'started', run: data.run };
    case 'TaskBackfilled':
      return { kind: 'started', run: data.run + data.slots.length - 1 };
    case 'TaskRunEnded':
      return { kind: 'ended', run: data.run, outcome: data.outcome };
    case 'TaskRunsCancelled':
      return { kind: 'cancelled', run: Math.max(...data.runs), reason: data.reason };
    default:
      return undefined;
  }
}

const OUTCOMES: Readonly<Record<Outcome, string>> = {
  success: 'succeeded',
  failed: 'failed',
  timeout: 'exceeded its time limit',
};

function stepSentence(
  event: ExplainedEvent | undefined,
  latest: ExplainedRun | undefined,
  held: boolean,
): string {
  const step = event && stepOf(event);
  if (event === undefined || step === undefined) return 'It has not run yet.';
  switch (step.kind) {
    case 'started':
      return latest?.run === step.run
        ? `Run ${step.run} has not ended. ${latest.why.sentence}`
        : `Run ${step.run} has not ended.`;
    case 'ended':
      return `Run ${step.run} ${OUTCOMES[step.outcome]}.`;
    case 'cancelled':
      return `Run ${step.run} was cancelled by ${actorText(event.metadata.actor)}: ${cancelWords(step.reason ?? '')}.`;
    case 'skipped':
      return held
        ? `Its slots since ${time(step.at)} have not run because ${skipSentence(step.reason)}.`
        : `Its slot at ${time(step.at)} did not run because ${skipSentence(step.reason)}.`;
  }
}

const INACTIVE: Readonly<Record<Exclude<TaskStatus, 'active'>, (events: Events) => string>> = {
  paused: (events) => inactiveSentence(events, 'paused'),
  disabled: (events) => inactiveSentence(events, 'disabled'),
};

function inactiveSentence(events: Events, status: TaskStatus): string {
  const set = last(events, 'TaskStatusSet');
  if (set?.data.because !== undefined) return `It starts no runs because ${ownerEndWords(set.data.because)}.`;
  return `It starts no runs because ${set === undefined ? 'it is' : `${actorText(set.metadata.actor)} set it to`} ${status}.`;
}

function runEvidence(step: ExplainedEvent | undefined, latest: ExplainedRun | undefined): string[] {
  if (latest === undefined) return [];
  const { run, why } = latest;
  const subject = step && stepOf(step);
  const isTold = subject !== undefined && 'run' in subject && subject.run === run;
  return [...(isTold ? [] : [`Run ${run}: ${why.sentence}`]), ...why.evidence];
}

function nextSentence({ next }: TaskState): string {
  return next === null ? 'No further slot is scheduled.' : `Its next slot is at ${time(next)}.`;
}
