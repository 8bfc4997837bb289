import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { NO_WORK } from '#domain/work/index.js';
import {
  messageOf,
  messageOfSlot,
  newestSlot,
  runReason,
  runStatus,
  taskOf,
} from '#domain/tasks/task/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import {
  creatorOf,
  type FormerAttempt,
  type StartedBy,
  type TaskRunDocument,
} from '#projections/tasks/task-runs.js';
import type { TaskSlotDocument } from '#projections/tasks/task-slots.js';
import type { Backfilled, Triggered } from '#src/fleet/tasks/index.js';
import {
  VisibleActors,
  type NamingParts,
  type VisibilityParts,
  type VisibleActor,
} from '#src/features/visibility/index.js';
import { wireTime } from '#src/http/index.js';
import type { backfillView, runView, scheduleView, skippedView } from './run-contract.js';

export function begunRun({ data, metadata }: Triggered): TaskRunDocument {
  const { at } = metadata;
  const { taskId, run, attempts, trigger, repeats = null } = data;
  return {
    taskId,
    run,
    attempts,
    trigger,
    slot: null,
    repeats,
    ...creatorOf(metadata),
    dueAt: at,
    ended: null,
    attempt: 1,
    lost: 0,
    surplus: false,
    work: NO_WORK,
    cancelReason: null,
    former: [],
    createdAt: at,
    endedAt: null,
    dropped: false,
  };
}

export type RunViewer = (run: TaskRunDocument) => Promise<z.input<typeof runView>>;

interface RunViewParts extends NamingParts, VisibilityParts {
  readonly clock: Pick<Clock, 'now'>;
}

/** Returns a function that views the runs of one response. */
export function runViewer(parts: RunViewParts, request: FastifyRequest): RunViewer {
  const actors = new VisibleActors(parts, request);
  return async (run) => viewRun(run, await actors.of(run.by ?? {}), parts.clock.now());
}

export function viewRun(run: TaskRunDocument, creator: VisibleActor, now: number): z.input<typeof runView> {
  const slot = newestSlot(run);
  const task = taskOf(slot);
  const usage = task?.usage ?? {};
  const status = runStatus(run);
  const [startedAt, endedAt] = [inMilliseconds(task?.startTime), inMilliseconds(task?.endTime)];
  const until = endedAt ?? (status === 'running' ? now : undefined);
  return {
    // One property per line, because a single spread costs as much as all of these assignments.
    id: run.run,
    task_id: run.taskId,
    status,
    trigger: run.trigger,
    created_by: creator.actor,
    created_by_name: creator.name,
    slot: timeOf(run.slot),
    repeats: run.repeats,
    attempt: run.attempt,
    attempts: run.attempts,
    worker: slot?.nodeId ?? null,
    created_at: wireTime(run.createdAt),
    due_at: wireTime(run.dueAt),
    started_at: timeOf(startedAt),
    finished_at: timeOf(run.endedAt),
    duration_seconds:
      startedAt === undefined || until === undefined
        ? null
        : Math.max(0, Math.round(until - startedAt) / 1000),
    exit_code: task?.exitCode ?? null,
    memory_peak_mb: usage.memoryPeakMb ?? null,
    memory_average_mb: usage.memoryAverageMb ?? null,
    cpu_seconds: usage.cpuSeconds ?? null,
    reason: runReason(run, run.cancelReason, now) ?? null,
    message: run.secret === undefined ? messageOfSlot(slot) : messageOf(run.secret),
    former_tries: run.former.map(viewTry),
    ...(run.after !== undefined && afterOf(run)),
  };
}

export function viewSkipped({
  taskId,
  slot,
  until,
  count,
  reason,
  decidedAt,
  after,
}: TaskSlotDocument): z.input<typeof skippedView> {
  const why = reason ?? 'missed';
  return {
    task_id: taskId,
    status: 'skipped',
    trigger: after === undefined ? 'schedule' : 'after',
    slot: wireTime(slot),
    until: wireTime(until),
    count,
    reason: why,
    created_at: wireTime(decidedAt),
    ...afterOf({ after }),
  };
}

export function viewSlot({
  slot,
  until,
  count,
  run,
  reason,
  decidedAt,
  after,
}: TaskSlotDocument): z.input<typeof scheduleView>['past'][number] {
  return {
    slot: wireTime(slot),
    until: run === null ? wireTime(until) : null,
    count,
    decision: run === null ? 'skipped' : 'run',
    reason,
    run_id: run,
    decided_at: wireTime(decidedAt),
    ...afterOf({ after }),
  };
}

function afterOf({ after }: { readonly after?: StartedBy | undefined }): {
  after?: { task_id: number; run_id: number };
} {
  return after === undefined ? {} : { after: { task_id: after.taskId, run_id: after.run } };
}

export function viewBackfill({ runs, leftOut }: Backfilled): z.input<typeof backfillView> {
  return {
    runs: runs.map(({ slot, run }) => ({ slot: wireTime(slot), run_id: run })),
    left_out: leftOut.map(({ slot, reason }) => ({ slot: wireTime(slot), reason })),
  };
}

function viewTry(
  { attempt, after, nodeId, startedAt, endedAt, exitCode, message }: FormerAttempt,
  index: number,
  all: readonly FormerAttempt[],
): z.input<typeof runView>['former_tries'][number] {
  return {
    attempt,
    execution: all.slice(0, index + 1).filter((each) => each.attempt === attempt).length,
    after,
    worker: nodeId,
    exit_code: exitCode,
    message,
    started_at: timeOf(inMilliseconds(startedAt)),
    finished_at: timeOf(inMilliseconds(endedAt)),
  };
}

function inMilliseconds(seconds: number | null | undefined): number | undefined {
  return seconds === null || seconds === undefined ? undefined : seconds * 1000;
}

function timeOf(at: number | null | undefined): string | null {
  return at === null || at === undefined ? null : wireTime(at);
}
