import type { components } from '../../generated/tasks.js';
import { addDays, dayOf, type Day } from '../../parts/time/days.js';

export type Run = components['schemas']['TaskRun'];
/** One or more slots without a run, as the list of runs returns them for `status=skipped`. */
export interface Skipped {
  readonly status: 'skipped';
  readonly slot: string;
  /** The last slot of the range. */
  readonly until: string;
  /** Null if there are too many to count. */
  readonly count: number | null;
  readonly reason: NonNullable<components['schemas']['TaskSlot']['reason']>;
  readonly created_at: string;
}

/** A past or planned slot of the schedule, or a run that was started manually. */
export interface Slot {
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The last slot of a skipped range; equal to `at` for a single slot. */
  readonly until: number;
  readonly status: string;
  /** Number of slots, or null if unknown. */
  readonly count: number | null;
  readonly reason: string | undefined;
  readonly run: number | undefined;
}

const SKIPPED: Readonly<Record<Skipped['reason'], string>> = {
  paused: 'The task was paused.',
  disabled: 'The task was disabled.',
  forbidden: 'An earlier run had not ended, and the task allows only one at a time.',
  missed: 'No server scheduled it in time.',
  too_many: 'Too many runs were waiting.',
  not_permitted: 'The account that created the task may not run it.',
  no_environment: "The task's environment did not exist.",
  over_quota: 'A quota was used up.',
};

export function slotOfRun(run: Run): Slot {
  const at = Date.parse(run.slot ?? run.created_at);
  const { status, reason, message, exit_code: exitCode } = run;
  const said = [
    ...(reason === null || reason === 'exited' || reason === status ? [] : [sentence(reason)]),
    ...(exitCode === null || exitCode === 0 ? [] : [`It exited with code ${exitCode}.`]),
    ...(message === null || message === '' || message === `exited with code ${exitCode}`
      ? []
      : [closed(message)]),
    ...(run.trigger === 'schedule' ? [] : [`Started by: ${run.trigger}.`]),
  ];
  return {
    key: `run ${run.id}`,
    at,
    until: at,
    status,
    count: 1,
    reason: said.length === 0 ? undefined : said.join(' '),
    run: run.id,
  };
}

export function slotOfSkipped({ slot, until, count, reason }: Skipped): Slot {
  return {
    key: `skipped ${slot}`,
    at: Date.parse(slot),
    until: Date.parse(until),
    status: reason === 'missed' ? 'missed' : 'skipped',
    count,
    reason: SKIPPED[reason] ?? sentence(reason),
    run: undefined,
  };
}

export function slotOfPlan(slot: string): Slot {
  const at = Date.parse(slot);
  return {
    key: `planned ${slot}`,
    at,
    until: at,
    status: 'planned',
    count: 1,
    reason: undefined,
    run: undefined,
  };
}

function closed(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function sentence(reason: string): string {
  const words = reason.replaceAll('_', ' ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

/**
 * Returns the slots of each day from `first` to `last` in a time zone, oldest first. A skipped range appears on each of its days. If it spans several
 * days, the number of slots on each day is unknown.
 */
export function slotsByDay(
  slots: readonly Slot[],
  zone: string,
  first: Day,
  last: Day,
): ReadonlyMap<Day, readonly Slot[]> {
  const days = new Map<Day, Slot[]>();
  for (const slot of slots.toSorted((one, other) => one.at - other.at)) {
    const [from, to] = [dayOf(slot.at, zone), dayOf(slot.until, zone)];
    const end = to < last ? to : last;
    for (let day = from > first ? from : first; day <= end; day = addDays(day, 1)) {
      const former = days.get(day) ?? [];
      former.push(from === to ? slot : { ...slot, count: null });
      days.set(day, former);
    }
  }
  return days;
}

export interface Outcome {
  readonly status: string;
  readonly count: number;
  /** Whether some slots could not be counted. */
  readonly more: boolean;
}

/** Counts slots by status, in the order of first occurrence. */
export function outcomesOf(slots: readonly Slot[]): readonly Outcome[] {
  const outcomes = new Map<string, Outcome>();
  for (const { status, count } of slots) {
    const former = outcomes.get(status);
    outcomes.set(status, {
      status,
      count: (former?.count ?? 0) + (count ?? 1),
      more: former?.more === true || count === null,
    });
  }
  return [...outcomes.values()];
}

const MOST_REASONS = 3;

/** Returns the outcomes of a day and the first few reasons as text. */
export function summaryOf(slots: readonly Slot[]): string {
  if (slots.length === 0) return 'nothing scheduled';
  const counts = outcomesOf(slots).map(
    ({ status, count, more }) => `${count}${more ? ' or more' : ''} ${wordOf(status)}`,
  );
  const reasons = [
    ...new Set(
      slots.flatMap(({ status, reason }) => (reason === undefined ? [] : [`${wordOf(status)}: ${reason}`])),
    ),
  ];
  const left = reasons.length - MOST_REASONS;
  return [
    counts.join(', '),
    ...reasons.slice(0, MOST_REASONS),
    ...(left > 0 ? [`${left} more ${left === 1 ? 'reason' : 'reasons'}`] : []),
  ].join('\n');
}

export function wordOf(status: string): string {
  return status === 'success' ? 'succeeded' : status.replaceAll('_', ' ');
}
