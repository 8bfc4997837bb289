import { checkNewName } from '#domain/kernel/plain-name.js';
import { once } from '#domain/kernel/ports/command-executor.js';
import { access, nothing, onlyWith, withCleared, type Answer, type Scope } from '#src/http/index.js';
import { changedBody, checkTimeout, definitionOf, secretsIn } from '../definition.js';
import { answer, enveloped, envelopedPage, failures, pageAnswer } from '../envelope.js';
import { SHOWS_AUTHORIZATION, TASKS_SURFACE, type TasksSurface } from '../surface.js';
import { taskBody, taskChange, taskParams, taskQuery, taskView } from '../task-contract.js';
import { pageOfTasks } from '../task-list.js';
import { shownOf, viewTask } from '../task-view.js';

const tags = ['tasks'];
const tasks = { of: 'task', parameter: 'task_id' };
const read = access.account(`${TASKS_SURFACE}:read`);
const readOne = access.account(`${TASKS_SURFACE}:read`, tasks);
const make = access.account(`${TASKS_SURFACE}:write`);
const writeOne = access.account(`${TASKS_SURFACE}:write`, tasks);
const shared = onlyWith(SHOWS_AUTHORIZATION);
const task = (description: string): Answer => answer(description, 'TaskAnswer', taskView);

export function taskRoutes(scope: Scope, surface: TasksSurface): void {
  const { clock } = surface.parts;

  scope.post(
    '/api/tasks',
    {
      ...shared,
      config: { ...make, waits: 'position' },
      schema: {
        tags,
        operationId: 'tasks_createTask',
        summary: 'Create a task',
        description:
          'The task is active immediately. Schedules that never fire and circular dependencies are refused. Shell and Python tasks run processes on workers and require the `execute` permission; HTTP tasks do not, unless their priority is `critical`. `message` lists secrets that do not exist yet; they can be set later.',
        body: taskBody,
        response: { 201: task('The task'), ...failures(409) },
      },
    },
    async (request, reply) => {
      const account = surface.account(request);
      const { body } = request;
      checkNewName('name', body.name, 'number');
      surface.execution.demand(account, body);
      checkTimeout(body);
      const definition = definitionOf(body, await surface.seal(account.tenantId, body));
      const told = await surface.tasks.create(account, definition, surface.context(request));
      await surface.written(reply, told.position);
      const { at } = told;
      const made =
        at === undefined
          ? await surface.previousView(reply, told.task)
          : { createdAt: at, updatedAt: at, lastRun: null };
      return reply
        .code(201)
        .send(
          enveloped(
            viewTask(shownOf(told, made), secretsIn(body), clock.now()),
            await surface.messageFor('Task created', told.task),
            clock.now(),
          ),
        );
    },
  );

  scope.put(
    '/api/tasks/:task_id',
    {
      config: writeOne,
      schema: {
        tags,
        operationId: 'tasks_updateTask',
        summary: 'Change a task',
        description:
          'Omitted fields are unchanged. To remove a field, set it to null or list it in `clear` (`resources`, `expect` and `after` can only be replaced). Started runs keep their definition. Slots that were due before the change follow the old schedule. Resuming a task does not run slots from the time of the pause. If another request changes the task at the same moment, one of them gets 409.',
        params: taskParams,
        body: taskChange,
        response: { 200: task('The task'), ...failures(404, 409) },
      },
    },
    async (request, reply) => {
      const account = surface.account(request);
      const former = await surface.presentTask(request, request.params.task_id);
      const before = await surface.previousView(reply, former);
      const { status, ...changes } = withCleared(request.body);
      if (changes.name !== undefined) checkNewName('name', changes.name, 'number', former.definition.name);
      const context = surface.context(request);
      const body = changedBody(former.definition, await surface.secretsOf(account, former), changes);
      surface.execution.demand(account, body);
      if (
        body.executor !== former.definition.work.executor ||
        body.timeout_seconds !== former.definition.timeoutSeconds
      )
        checkTimeout(body);
      const sealed = await surface.seal(former.tenantId, body, former.definition);
      let told = await surface.tasks.update(former, definitionOf(body, sealed), context);
      if (status !== undefined) told = await surface.tasks.setStatus(told.task, status, once(context));
      await surface.written(reply, told.position);
      const shown = secretsIn(body);
      if (Object.keys(shown).length > 0) request.readsSecrets = true;
      return enveloped(
        viewTask(shownOf(told, before), shown, clock.now()),
        await surface.messageFor('Task updated', told.task),
        clock.now(),
      );
    },
  );

  scope.get(
    '/api/tasks',
    {
      ...shared,
      config: read,
      schema: {
        tags,
        operationId: 'tasks_listTasks',
        summary: 'List tasks',
        description: 'Returns the tasks of the tenant or, for an administrator, all tasks.',
        querystring: taskQuery,
        response: { 200: pageAnswer('A page of tasks', 'TaskPage', taskView), ...failures() },
      },
    },
    async (request, reply) => {
      const account = surface.account(request);
      const { page, size } = request.query;
      const { documents, total } = await pageOfTasks(surface, reply, account, request.query);
      const views = await Promise.all(
        documents.map(async (each) => viewTask(each, await surface.secretsShown(request, each), clock.now())),
      );
      return envelopedPage(views, { page, size, total }, 'Tasks', clock.now());
    },
  );

  scope.get(
    '/api/tasks/:task_id',
    {
      ...shared,
      config: readOne,
      schema: {
        tags,
        operationId: 'tasks_getTask',
        summary: 'Get a task',
        description:
          'Returns the definition of the task, its next run, and the result of its last run. Returns 404 for tasks of other tenants.',
        params: taskParams,
        response: { 200: task('The task'), ...failures(404) },
      },
    },
    async (request, reply) => {
      const document = await surface.task(request, reply, request.params.task_id);
      const secrets = await surface.secretsShown(request, document);
      return enveloped(viewTask(document, secrets, clock.now()), 'Task', clock.now());
    },
  );

  scope.delete(
    '/api/tasks/:task_id',
    {
      ...shared,
      config: { ...writeOne, waits: 'position' },
      schema: {
        tags,
        operationId: 'tasks_deleteTask',
        summary: 'Delete a task',
        description: 'Cancels unfinished runs and frees the name. Its decisions remain in the log.',
        params: taskParams,
        response: { 204: nothing('Deleted'), ...failures(404) },
      },
    },
    async (request, reply) => {
      const { task_id: id } = request.params;
      const context = surface.context(request);
      if (!(await surface.taskRepeated(reply, id, context))) {
        const former = await surface.presentTask(request, id);
        await surface.written(reply, await surface.tasks.delete(former, context));
      }
      return reply.code(204).send(null);
    },
  );
}
