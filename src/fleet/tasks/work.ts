import {
  runInputsOf,
  isAhead,
  reportsNewestAttempt,
  isUndecided,
  nextDecision,
  ownerOf,
  tasks,
  startNumberOf,
  desiredJobOf,
  expiryOf,
  isQueued,
  outcomeOf,
  jobIdOf,
  nextStep,
  runReason,
  waitNoticeOf,
  seenOf,
  newestSlot,
  taskOf,
  type AwaitedRun,
  type OpenRun,
  type TaskCommand,
  type TaskEvent,
  type TaskState,
} from '#domain/tasks/task/index.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import { secretErrors } from '#domain/accounts/secret/index.js';
import { DUE_IMMEDIATELY, NO_WORK } from '#domain/work/index.js';
import { taskDependencies, type TaskDependencyDocument } from '#projections/tasks/task-dependencies.js';
import { taskRuns, type TaskRunDocument } from '#projections/tasks/task-runs.js';
import { taskDueAt, tasks as taskModel, type TaskDocument } from '#projections/tasks/tasks.js';
import type { SecretsHost } from '#src/accounts/index.js';
import { ownedWork, type AnyOwnedWork } from '#src/fleet/owned-work/index.js';
import type { Execution } from './execution.js';
import { movedTasks, type FindMovedTasks } from './moved-tasks.js';
import { preparedJob } from './run-secrets.js';

export interface SlotParts {
  readonly readModels: Pick<ReadModels, 'list'>;
  /** Absent: only this server decides slots. */
  readonly zoneData?: { isInForce(findMoved: FindMovedTasks): Promise<boolean> } | undefined;
}

export const slotWork = (
  execution: Pick<Execution, 'momentOf'>,
  { zoneData, readModels }: SlotParts,
): AnyOwnedWork =>
  ownedWork<TaskCommand, TaskEvent, TaskState, TaskDocument>({
    name: 'task-slots',
    surface: 'tasks',
    concurrency: 256,
    projection: taskModel,
    aggregate: tasks,
    item: ({ taskId }) => ({ stream: String(taskId), workId: `task-${taskId}`, jobId: '' }),
    dueAt: taskDueAt,
    isAhead: (task, now, toleranceMs) => isAhead(task, now, toleranceMs),
    view: () => NO_WORK,
    settle: async (task, { ownerEnd }, now, toleranceMs) => {
      if (task.kind !== 'present') return undefined;
      if (ownerEnd !== undefined) return { kind: 'ownerEnded', taskId: task.taskId, end: ownerEnd, now };
      if (toleranceMs !== undefined && isAhead(task, now, toleranceMs))
        return { kind: 'clockWentBack', taskId: task.taskId, now, toleranceMs };
      const next = nextDecision(task);
      if (next === undefined || next > now) return undefined;
      if (task.definition.timing.timezone !== 'UTC') {
        const isInForce = await zoneData?.isInForce((former, limit) => movedTasks(readModels, former, limit));
        if (isInForce === false) return undefined;
      }
      return { kind: 'decideSlots', taskId: task.taskId, ...(await execution.momentOf(task, now)) };
    },
    want: () => undefined,
    job: () => undefined,
  });

const ENDS_PER_STEP = 100;

export const chainWork = (execution: Pick<Execution, 'admissionOf'>): AnyOwnedWork =>
  ownedWork<TaskCommand, TaskEvent, TaskState, TaskDependencyDocument>({
    name: 'task-chains',
    surface: 'tasks',
    projection: taskDependencies,
    aggregate: tasks,
    item: ({ taskId }) => ({ stream: String(taskId), workId: `task-${taskId}`, jobId: '' }),
    origin: ({ taskId, ends: [end] }) => ({
      stream: String(end?.taskId ?? taskId),
      ...(end !== undefined && { fields: { run: end.run } }),
    }),
    dueAt: ({ ends }) => (ends.length > 0 ? DUE_IMMEDIATELY : undefined),
    view: () => NO_WORK,
    settle: async (task, { taskId, ends }) => {
      if (task.kind !== 'present') return undefined;
      const undecided = ends.filter((end) => isUndecided(task, end)).slice(0, ENDS_PER_STEP);
      return undecided.length === 0
        ? undefined
        : { kind: 'follow', taskId, ends: undecided, ...(await execution.admissionOf(task)) };
    },
    want: () => undefined,
    job: () => undefined,
  });

/** Upper bound of jitter and back-off, in milliseconds. If a run has to wait longer, it was scheduled by a clock that was ahead. */
const MAX_WAIT_MS = 3_600_000;

interface RunParts extends SecretsHost {
  readonly readModels: Pick<ReadModels, 'get'>;
}

/** Runs of tasks. All runs of a task are items of the same stream. Each run has one job, with a new version for each attempt. */
export const runWork = (parts: RunParts): AnyOwnedWork =>
  ownedWork<TaskCommand, TaskEvent, TaskState, TaskRunDocument>({
    name: 'task-runs',
    surface: 'tasks',
    projection: taskRuns,
    aggregate: tasks,
    item: ({ taskId, run }) => ({
      stream: String(taskId),
      workId: jobIdOf(taskId, run),
      jobId: jobIdOf(taskId, run),
    }),
    origin: ({ taskId, run }) => ({ stream: String(taskId), fields: { run } }),
    dueAt: (run) => nextStep(run)?.at,
    isAhead: (run, now, toleranceMs) => {
      const next = nextStep(run);
      return next !== undefined && next.step !== 'settle' && next.at > now + MAX_WAIT_MS + toleranceMs;
    },
    view: ({ work }) => work,
    settle: async (task, document, now) => {
      const open = openRunOf(task, document);
      if (task.kind !== 'present' || open === undefined || startNumberOf(open) !== startNumberOf(document))
        return undefined;
      const ofTry = { taskId: document.taskId, run: document.run, trial: startNumberOf(document) };
      const became = outcomeOf(document);
      if (became !== undefined)
        return { kind: 'settle', ...ofTry, became, now, seen: seenOf(document, became) };
      if ((expiryOf(document) ?? Infinity) <= now)
        return { kind: 'expire', taskId: document.taskId, run: document.run, now };
      if ((waitNoticeOf(document) ?? Infinity) <= now) {
        const reason = runReason(document, null, now);
        const { taskId, run } = document;
        return { kind: 'tellWaiting', taskId, run, now, ...(reason !== undefined && { reason }) };
      }
      // Without references, no secret has to be looked up, so none can be missing or too large.
      if (reportsNewestAttempt(document) || runInputsOf(open).references === undefined) return undefined;
      const prepared = await preparedJob(parts, task, open, await awaitedRun(parts, document));
      return 'problem' in prepared ? { kind: 'giveUp', ...ofTry, secret: prepared, now } : undefined;
    },
    want: (task, document) => {
      const open = openRunOf(task, document);
      if (open === undefined) return desiredJobOf(undefined, document.surplus);
      if (isQueued(open)) return undefined;
      // If the model does not show the latest attempt yet, that attempt may still have to wait for its time.
      return startNumberOf(open) === startNumberOf(document)
        ? desiredJobOf(startNumberOf(open), false)
        : undefined;
    },
    job: async (task, document) => {
      const open = openRunOf(task, document);
      if (task.kind !== 'present' || open === undefined) return undefined;
      const prepared = await preparedJob(parts, task, open, await awaitedRun(parts, document));
      if ('problem' in prepared)
        throw new MusterError(secretErrors.MUSTER_E_SECRET_NOT_FOUND, {
          name: 'name' in prepared ? prepared.name : '',
        });
      return { ...prepared, owner: ownerOf(task) };
    },
  });

function openRunOf(task: TaskState, { run }: TaskRunDocument): OpenRun | undefined {
  return task.kind === 'present' ? task.runs.get(run) : undefined;
}

/** The model shows the end of that run, because it shows the run that was started by it. */
async function awaitedRun(
  { readModels }: RunParts,
  { after }: TaskRunDocument,
): Promise<AwaitedRun | undefined> {
  if (after === undefined) return undefined;
  const [task, run] = await Promise.all([
    readModels.get(taskModel.name, String(after.taskId)),
    readModels.get(taskRuns.name, jobIdOf(after.taskId, after.run)),
  ]);
  const ended = run && (JSON.parse(run.json) as TaskRunDocument);
  return {
    ...after,
    name: task && (JSON.parse(task.json) as TaskDocument).definition.name,
    status: ended?.ended ?? undefined,
    exitCode: (ended && taskOf(newestSlot(ended))?.exitCode) ?? undefined,
  };
}
