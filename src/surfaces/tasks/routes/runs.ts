import { plural } from '#domain/kernel/plural.js';
import { nextSlots } from '#domain/tasks/task/index.js';
import type { TaskRunDocument } from '#projections/tasks/task-runs.js';
import { taskSlots, type TaskSlotDocument } from '#projections/tasks/task-slots.js';
import { access, read as readStored, type Answer, type Scope, wireTime } from '#src/http/index.js';
import { answer, enveloped, envelopedPage, failures, pageAnswer } from '../envelope.js';
import {
  backfillBody,
  backfillView,
  listedRun,
  runQuery,
  runView,
  scheduleQuery,
  scheduleView,
  triggerBody,
} from '../run-contract.js';
import { pageOfRuns } from '../run-list.js';
import { resultOf, rightsOf } from '#src/fleet/tasks/index.js';
import { begunRun, runViewer, viewBackfill, viewSlot } from '../run-view.js';
import { TASKS_SURFACE, type TasksSurface } from '../surface.js';
import { runParams, taskParams } from '../task-contract.js';

const tags = ['runs'];
const tasks = { of: 'task', parameter: 'task_id' };
const read = access.account(`${TASKS_SURFACE}:read`, tasks);
const trigger = access.account(`${TASKS_SURFACE}:trigger`, tasks);
const run = (description: string): Answer => answer(description, 'TaskRunAnswer', runView);

export function runRoutes(scope: Scope, surface: TasksSurface): void {
  const { clock, readModels } = surface.parts;
  backfill(scope, surface);

  scope.post(
    '/api/tasks/:task_id/trigger',
    {
      // Waits for read models although it does not need them. Otherwise runs could be triggered faster than they start, at the expense of others.
      config: { ...trigger, bodyOptional: true },
      schema: {
        tags,
        operationId: 'tasks_triggerTask',
        summary: 'Run a task now',
        description:
          'Always creates a run, even while other runs of the task are active. Returns 409 for a disabled task, and 429 if 1,000 of its runs are waiting or the quota of runs per minute is used up. The body is optional: `environment` is added to the environment of the task, and `arguments` replaces the arguments of a Python task.',
        params: taskParams,
        body: triggerBody.optional(),
        response: { 201: run('The run'), ...failures(404, 409) },
      },
    },
    async (request, reply) => {
      const task = await surface.presentTask(request, request.params.task_id);
      surface.execution.demand(surface.account(request), rightsOf(task));
      const context = surface.context(request);
      await surface.checkRunQuota(reply, task, context);
      const parameters = await surface.parametersOf(task, request.body ?? {});
      const triggered = await surface.tasks.trigger(task, { trigger: 'manual', ...parameters }, context);
      await surface.written(reply, triggered.position);
      return reply
        .code(201)
        .send(
          enveloped(await runViewer(surface.parts, request)(begunRun(triggered)), 'Run created', clock.now()),
        );
    },
  );

  scope.get(
    '/api/tasks/:task_id/runs',
    {
      config: read,
      schema: {
        tags,
        operationId: 'tasks_listRuns',
        summary: 'List the runs of a task',
        description: 'Returns runs, newest first. Slots without a run are listed only with `status=skipped`.',
        params: taskParams,
        querystring: runQuery,
        response: {
          200: pageAnswer('A page of runs', 'TaskRunPage', listedRun),
          ...failures(404),
        },
      },
    },
    async (request, reply) => {
      const task = await surface.task(request, reply, request.params.task_id);
      const { page, size } = request.query;
      const { items, total } = await pageOfRuns(
        readModels,
        reply,
        task,
        request.query,
        runViewer(surface.parts, request),
      );
      return envelopedPage(items, { page, size, total }, 'Runs', clock.now());
    },
  );

  scope.get(
    '/api/tasks/:task_id/runs/:run_id',
    {
      config: read,
      schema: {
        tags,
        operationId: 'tasks_getRun',
        summary: 'Get a run',
        description: 'Returns the status of the run and the reason for it.',
        params: runParams,
        response: { 200: run('The run'), ...failures(404) },
      },
    },
    async (request, reply) => {
      const task = await surface.task(request, reply, request.params.task_id);
      const document = await surface.run(task, reply, request.params.run_id);
      const { http_status, output } = (await resultOf(surface.parts.results, document)) ?? {};
      return enveloped(
        { ...(await runViewer(surface.parts, request)(document)), http_status, output },
        'Run',
        clock.now(),
      );
    },
  );

  scope.get(
    '/api/tasks/:task_id/schedule',
    {
      config: read,
      schema: {
        tags,
        operationId: 'tasks_getSchedule',
        summary: 'Get the schedule of a task',
        description: 'Returns upcoming slots, and past decisions with their reasons.',
        params: taskParams,
        querystring: scheduleQuery,
        response: {
          200: answer('The schedule', 'TaskScheduleAnswer', scheduleView),
          ...failures(404),
        },
      },
    },
    async (request, reply) => {
      const task = await surface.task(request, reply, request.params.task_id);
      const { next, past } = request.query;
      const decided: TaskSlotDocument[] = [];
      const where = { index: 'task', value: String(task.taskId) };
      if (past > 0)
        for await (const page of readModels.list(taskSlots.name, { where, newest: true, limit: past }))
          decided.push(...page.map(readStored<TaskSlotDocument>));
      const { status, clockWentBack } = task;
      const schedule = {
        status,
        paused: status === 'paused',
        next: nextSlots(task, next, clock.now()).map(wireTime),
        past: decided.map(viewSlot),
        ...(clockWentBack && {
          clock_went_back: {
            at: wireTime(clockWentBack.at),
            decided_until: wireTime(clockWentBack.decidedUntil),
          },
        }),
      };
      return enveloped(schedule, 'Schedule', clock.now());
    },
  );

  scope.post(
    '/api/tasks/:task_id/runs/:run_id/cancel',
    {
      config: { ...trigger, unmetered: true },
      schema: {
        tags,
        operationId: 'tasks_cancelRun',
        summary: 'Cancel a run',
        description:
          'Stops the run’s process and prevents further attempts. Returns 409 if the run has ended.',
        params: runParams,
        response: { 200: run('The run'), ...failures(404, 409) },
      },
    },
    async (request, reply) => {
      const task = await surface.taskToChange(request, reply, request.params.task_id);
      const document = await surface.run(task, reply, request.params.run_id);
      const { events, position } = await surface.tasks.cancel(
        task.taskId,
        document.run,
        surface.context(request),
      );
      await surface.written(reply, position);
      const endedAt = events.at(-1)?.metadata.at ?? clock.now();
      // Read models may lag, but the decision is already known.
      const cancelled: TaskRunDocument = {
        ...document,
        ended: 'cancelled',
        cancelReason: 'requested',
        endedAt,
      };
      return enveloped(await runViewer(surface.parts, request)(cancelled), 'Run cancelled', clock.now());
    },
  );

  scope.post(
    '/api/tasks/:task_id/runs/:run_id/rerun',
    {
      config: trigger,
      schema: {
        tags,
        operationId: 'tasks_rerunRun',
        summary: 'Repeat a run',
        description: 'Creates a new run of the current task with the same trigger parameters.',
        params: runParams,
        response: { 201: run('The new run'), ...failures(404, 409) },
      },
    },
    async (request, reply) => {
      const task = await surface.taskToChange(request, reply, request.params.task_id);
      surface.execution.demand(surface.account(request), rightsOf(task));
      const { run: repeats, parameters } = await surface.run(task, reply, request.params.run_id);
      const context = surface.context(request);
      await surface.checkRunQuota(reply, task, context);
      const triggered = await surface.tasks.trigger(
        task,
        { trigger: 'rerun', repeats, ...parameters },
        context,
      );
      await surface.written(reply, triggered.position);
      return reply
        .code(201)
        .send(
          enveloped(await runViewer(surface.parts, request)(begunRun(triggered)), 'Run created', clock.now()),
        );
    },
  );
}

function backfill(scope: Scope, surface: TasksSurface): void {
  scope.post(
    '/api/tasks/:task_id/backfill',
    {
      config: { ...trigger, waits: 'position' },
      schema: {
        tags,
        operationId: 'tasks_backfillTask',
        summary: 'Backfill past slots',
        description:
          'Creates a run for each undecided slot of the current schedule in the time range, including times before the task existed. Like a trigger, a backfill ignores `concurrency`, except that `queue` starts its runs one after the other. Repeating it does not create more runs. A range with more than 1,000 slots is refused; the error contains their number.',
        params: taskParams,
        body: backfillBody,
        response: {
          200: answer('The decisions', 'TaskBackfillAnswer', backfillView),
          ...failures(404, 409),
        },
      },
    },
    async (request, reply) => {
      const task = await surface.presentTask(request, request.params.task_id);
      surface.execution.demand(surface.account(request), rightsOf(task));
      const context = surface.context(request);
      await surface.checkRunQuota(reply, task, context);
      const span = { from: Date.parse(request.body.from), to: Date.parse(request.body.to) };
      const filled = await surface.tasks.backfill(task, span, context);
      await surface.written(reply, filled.position);
      const { runs, leftOut } = filled;
      return enveloped(
        viewBackfill(filled),
        `${plural(runs.length, 'slot')} will run, ${leftOut.length} left out`,
        surface.parts.clock.now(),
      );
    },
  );
}
