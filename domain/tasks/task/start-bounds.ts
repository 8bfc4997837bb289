import { z } from 'zod';
import type { TaskDefinition } from './definition.js';

/** How long after its slot a run may be decided before the slot counts as missed, in milliseconds. */
export const MISSED_AFTER_MS = 60_000;

/** What an event says about the start of a new run. */
export const startBounds = {
  /** Number of earlier unfinished runs for which the run waits. For a backfill, that of its first run. */
  behind: z.number().int().nonnegative().optional(),
  /** Seconds after the run is due. If it is not placed on a worker by then, it ends as expired. */
  startWithinSeconds: z.number().int().nonnegative().optional(),
  /** Seconds after the run is due. If it is not placed on a worker by then, a notification says so. */
  noticeAfterSeconds: z.number().int().positive().optional(),
};
export type StartBounds = z.infer<z.ZodObject<typeof startBounds>>;

/** Returns the bounds of a new run. `open`: the number of unfinished runs. `dueAt`: only of a run of a slot, which must not start after `end_at`. */
export function boundsOf(
  { timing: { concurrency, endAt }, startWithinSeconds, notify }: TaskDefinition,
  open: number,
  dueAt?: number,
): StartBounds {
  const untilEnd =
    dueAt === undefined || endAt === undefined
      ? []
      : [Math.ceil(Math.max(MISSED_AFTER_MS, endAt - dueAt) / 1000)];
  const seconds = [...untilEnd, ...(startWithinSeconds === undefined ? [] : [startWithinSeconds])];
  return {
    ...(concurrency === 'queue' && open > 0 && { behind: open }),
    ...(seconds.length > 0 && { startWithinSeconds: Math.min(...seconds) }),
    ...(notify?.waitingSeconds !== undefined && { noticeAfterSeconds: notify.waitingSeconds }),
  };
}

/** What a run stores of its bounds. */
export interface RunStart {
  /** Number of earlier unfinished runs for which it waits. Absent if it never had to wait. */
  readonly behind?: number;
  /** When it ends if it was not placed on a worker before, in milliseconds since the epoch. */
  readonly expiresAt?: number;
  /** When a notification says that it waits, in milliseconds since the epoch. Absent once that was decided. */
  readonly noticeAt?: number;
}

/** Returns the run after it was decided to notify of its wait. */
export function withoutNotice<Run extends RunStart>({ noticeAt: _, ...run }: Run): Omit<Run, 'noticeAt'> {
  return run;
}

/** Returns what a run stores of its bounds. `index`: its place among the runs of one event. */
export function startOf(
  { behind, startWithinSeconds, noticeAfterSeconds }: StartBounds,
  dueAt: number,
  index = 0,
): RunStart {
  return {
    ...(behind !== undefined && { behind: behind + index }),
    ...(startWithinSeconds !== undefined && { expiresAt: dueAt + startWithinSeconds * 1000 }),
    ...(noticeAfterSeconds !== undefined && { noticeAt: dueAt + noticeAfterSeconds * 1000 }),
  };
}

/** Returns the run after others have ended. A run waits only for earlier ones. */
export function movedUp<Run extends { readonly run: number; readonly behind?: number }>(
  run: Run,
  ended: readonly number[],
): Run {
  if (run.behind === undefined || run.behind === 0) return run;
  const earlier = ended.filter((each) => each < run.run).length;
  return earlier === 0 ? run : { ...run, behind: Math.max(0, run.behind - earlier) };
}
