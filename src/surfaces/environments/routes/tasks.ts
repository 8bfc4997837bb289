import { isMusterError, MusterError } from '#domain/kernel/errors/index.js';
import { jobIdOf, runStatus, taskErrors, type TaskEvent, type TaskState } from '#domain/tasks/task/index.js';
import type { CommandContext, Executed } from '#domain/kernel/ports/command-executor.js';
import { taskRuns, type TaskRunDocument } from '#projections/tasks/task-runs.js';
import { tasks as taskModel } from '#projections/tasks/tasks.js';
import { nothing, json, type Scope } from '#src/http/index.js';
import { failures } from '../responses.js';
import { bySession } from '../rights.js';
import { SHARED_PATH, type CondaSurface } from '../surface.js';
import {
  createTaskBody,
  notRunning,
  taskMade,
  taskParams,
  taskRefused,
  taskStopped,
} from '../task-contract.js';
import { createTask } from '../create-task.js';
import { taskStatus } from '../task-status.js';
import { viewTaskMade, workOf } from '../task-view.js';

const tags = ['tasks'];

export function taskCommands(scope: Scope, surface: CondaSurface): void {
  scope.post(
    '/api/tasks',
    {
      ...SHARED_PATH,
      config: bySession,
      schema: {
        tags,
        operationId: 'conda_createTask',
        summary: 'Create a task',
        description:
          'Creates a task that runs a script in an environment once, later, or repeatedly. Required packages are installed first, and a missing environment is created unless `reuse_env` is true; the response is sent after that. If the task is refused, neither the task nor the environment is created.',
        body: createTaskBody,
        response: {
          201: json('Task created', taskMade),
          400: json('Task not created', taskRefused),
          ...failures(),
        },
      },
    },
    async (request, reply) => {
      const made = await createTask(surface, request, reply, request.body);
      if ('success' in made) return reply.code(400).send(made);
      await surface.written(reply, made.position);
      const { task, at, environment, message } = made;
      return reply.code(201).send({
        success: true as const,
        message: 'Task scheduled successfully' as const,
        task: viewTaskMade(task, environment, at, surface.times),
        ...(message !== undefined && { environment_message: message }),
      });
    },
  );

  scope.post(
    '/api/tasks/:task_id/stop',
    {
      ...SHARED_PATH,
      config: { ...bySession, unmetered: true },
      schema: {
        tags,
        operationId: 'conda_stopTask',
        summary: 'Stop a task',
        description: 'Stops the running execution. Scheduled executions continue.',
        params: taskParams,
        response: {
          200: json('Job stopped', taskStopped),
          400: json('No execution is running', notRunning),
          ...failures(404),
        },
      },
    },
    async (request, reply) => {
      const task = await surface.taskToChange(request, reply, request.params.task_id, 'stop');
      const { taskId, newestRun } = task;
      const newest = await surface.document<TaskRunDocument>(
        reply,
        taskRuns.name,
        jobIdOf(taskId, newestRun),
      );
      const running = newest !== undefined && runStatus(newest) === 'running';
      const stopped = running && (await stop(surface, taskId, newest.run, surface.context(request)));
      if (stopped === false) {
        const current = taskStatus(
          running ? ((await surface.document(reply, taskModel.name, String(taskId))) ?? task) : task,
          false,
        );
        const error = `Cannot stop a task with status: '${current}'`;
        return reply.code(400).send({
          success: false as const,
          message: 'Task is not in a running state',
          error,
          current_status: current,
        });
      }
      await surface.written(reply, stopped.position);
      const named = { task_id: taskId, task_name: task.definition.name };
      return {
        success: true as const,
        message: 'Task stopped successfully' as const,
        task: { ...named, status: 'stopped' as const, previous_status: 'running' as const },
      };
    },
  );

  scope.delete(
    '/api/tasks/:task_id',
    {
      ...SHARED_PATH,
      config: bySession,
      schema: {
        tags,
        operationId: 'conda_deleteTask',
        summary: 'Delete a task',
        description:
          'Extension. Releases the environment and the name of the task. Refused while an execution is running.',
        params: taskParams,
        response: {
          204: nothing('Deleted'),
          400: json('An execution is running', notRunning),
          ...failures(404),
        },
      },
    },
    async (request, reply) => {
      const context = surface.context(request);
      if (await surface.taskRepeated(reply, request.params.task_id, context))
        return reply.code(204).send(null);
      const task = await surface.taskToChange(request, reply, request.params.task_id, 'delete');
      const newest = await surface.document<TaskRunDocument>(
        reply,
        taskRuns.name,
        jobIdOf(task.taskId, task.newestRun),
      );
      if (newest !== undefined && runStatus(newest) === 'running') {
        const said = {
          success: false as const,
          message: 'Cannot delete a running task',
          error: 'Stop it first',
        };
        return reply.code(400).send({ ...said, current_status: 'running' as const });
      }
      const former = await surface.tasks.find(task.taskId);
      if (former === undefined)
        throw new MusterError(taskErrors.MUSTER_E_TASK_NOT_FOUND, { taskId: task.taskId });
      await surface.written(reply, await surface.tasks.delete(former, context));
      await surface.environments.removeReferences(workOf(task).environmentId, [task.taskId], context);
      return reply.code(204).send(null);
    },
  );
}

async function stop(
  surface: CondaSurface,
  taskId: number,
  run: number,
  context: CommandContext,
): Promise<Executed<TaskEvent, TaskState> | false> {
  try {
    return await surface.tasks.cancel(taskId, run, context);
  } catch (error) {
    if (isMusterError(error, taskErrors.MUSTER_E_TASK_RUN_ENDED)) return false;
    throw error;
  }
}
