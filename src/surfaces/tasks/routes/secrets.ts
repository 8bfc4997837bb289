import { z } from 'zod';
import type { Secret } from '#domain/accounts/secret/index.js';
import { plural } from '#domain/kernel/plural.js';
import { tasks as taskModel, type TaskDocument } from '#projections/tasks/tasks.js';
import { access, read as readStored, type Answer, type Scope, wireTime } from '#src/http/index.js';
import { VisibleActors } from '#src/features/visibility/index.js';
import { answer, enveloped, envelopedPage, failures, pageAnswer } from '../envelope.js';
import {
  namedSecretParams,
  removedSecret,
  secretBody,
  secretDetail,
  secretParams,
  secretQuery,
  secretView,
} from '../secret-contract.js';
import { TASKS_SURFACE, type TasksSurface } from '../surface.js';

const tags = ['secrets'];
const read = access.account(`${TASKS_SURFACE}:read`);
const write = access.account(`${TASKS_SURFACE}:write`);
const secret = (description: string): Answer => answer(description, 'SecretAnswer', secretView);
const MAX_TASKS = 100;

export function secretRoutes(scope: Scope, surface: TasksSurface): void {
  scope.put(
    '/api/secrets/:name',
    {
      config: write,
      schema: {
        tags,
        operationId: 'tasks_setSecret',
        summary: 'Set a secret',
        description:
          "Sets a secret of your tenant. Its value is never shown, but every task of the tenant can use the value and could therefore disclose it. An existing secret can be changed by its creator, by the tenant's administrators and by cluster administrators. Attempts that start later use the new value.",
        params: namedSecretParams,
        body: secretBody,
        response: { 200: secret('The secret'), ...failures() },
      },
    },
    async (request, reply) => {
      const set = await surface.secrets.set(
        surface.account(request),
        request.params.name,
        request.body.value,
        surface.context(request),
      );
      await surface.written(reply, set.position);
      const shown = await view(set.secret, new VisibleActors(surface.parts, request));
      return enveloped(shown, 'Secret set', surface.parts.clock.now());
    },
  );

  const { clock } = surface.parts;

  scope.get(
    '/api/secrets',
    {
      config: read,
      schema: {
        tags,
        operationId: 'tasks_listSecrets',
        summary: 'List secrets',
        description: 'Returns the secrets of your tenant, ordered by name, without values.',
        querystring: secretQuery,
        response: {
          200: pageAnswer('A page of secrets', 'SecretPage', secretView),
          ...failures(),
        },
      },
    },
    async (request) => {
      const { page, size } = request.query;
      const all = await surface.secrets.list(surface.account(request));
      const actors = new VisibleActors(surface.parts, request);
      const shown = all.slice((page - 1) * size, page * size);
      return envelopedPage(
        await Promise.all(shown.map(async (each) => await view(each, actors))),
        { page, size, total: all.length },
        'Secrets',
        clock.now(),
      );
    },
  );

  scope.get(
    '/api/secrets/:name',
    {
      config: read,
      schema: {
        tags,
        operationId: 'tasks_getSecret',
        summary: 'Get a secret',
        description:
          'Returns when and by whom the secret was set, and the tasks that use it, but not its value.',
        params: secretParams,
        response: {
          200: answer('The secret', 'SecretDetailAnswer', secretDetail),
          ...failures(404),
        },
      },
    },
    async (request) => {
      const account = surface.account(request);
      const found = await surface.secrets.get(account, request.params.name);
      request.readsSecrets = true;
      return enveloped(
        {
          ...(await view(found, new VisibleActors(surface.parts, request))),
          tasks: await tasksOf(surface, account.tenantId, found.name),
        },
        'Secret',
        clock.now(),
      );
    },
  );

  scope.delete(
    '/api/secrets/:name',
    {
      config: write,
      schema: {
        tags,
        operationId: 'tasks_removeSecret',
        summary: 'Remove a secret',
        description:
          'The response lists the tasks that use the secret. They are not changed, but their new runs end with `secret_missing` until a secret with this name exists again.',
        params: secretParams,
        response: {
          200: answer('The tasks that use it', 'RemovedSecretAnswer', removedSecret),
          ...failures(404),
        },
      },
    },
    async (request, reply) => {
      const account = surface.account(request);
      const { name } = request.params;
      const position = await surface.secrets.remove(account, name, surface.context(request));
      const tasks = await tasksOf(surface, account.tenantId, name);
      await surface.written(reply, position);
      const message =
        tasks.length === 0
          ? 'Secret removed'
          : `Secret removed; still used by ${plural(tasks.length, 'task')}`;
      return enveloped({ name, tasks }, message, surface.parts.clock.now());
    },
  );
}

async function view(
  { name, version, createdBy, createdAt, setBy, setAt, setWith }: Secret,
  actors: VisibleActors,
): Promise<z.input<typeof secretView>> {
  return {
    name,
    version,
    created_by: createdBy,
    created_at: wireTime(createdAt),
    updated_by: setBy,
    updated_by_name: await actors.nameOf(setBy, setWith),
    updated_at: wireTime(setAt),
  };
}

async function tasksOf(
  { parts }: TasksSurface,
  tenantId: string,
  name: string,
): Promise<{ id: number; name: string }[]> {
  const found: { id: number; name: string }[] = [];
  for await (const page of parts.readModels.list(taskModel.name, {
    where: { index: 'tenant', value: tenantId },
  }))
    for (const { taskId, definition } of page.map(readStored<TaskDocument>))
      if (Object.values(definition.work.references ?? {}).includes(name))
        found.push({ id: taskId, name: definition.name });
  return found.sort((a, b) => a.id - b.id).slice(0, MAX_TASKS);
}
