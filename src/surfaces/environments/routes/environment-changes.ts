import type { z } from 'zod';
import { MusterError } from '#domain/kernel/errors/index.js';
import {
  environments as environmentAggregate,
  unremovablePackages,
  type EnvironmentChange,
} from '#domain/environments/environment/index.js';
import { tasks as taskModel } from '#projections/tasks/tasks.js';
import { json, nothing, type Scope } from '#src/http/index.js';
import { failures, refused } from '../responses.js';
import { awaitBuild, refusalOf } from '../awaited-build.js';
import {
  createEnvironmentBody,
  environmentMade,
  environmentParams,
  environmentRenamed,
  installBody,
  packagesInstalled,
  packagesRemoved,
  removeBody,
  renameBody,
} from '../environment-contract.js';
import { readEnvironmentFile } from '../environment-file.js';
import { sentenceOf } from '../environment-view.js';
import { referencesTo, runningIn } from '../references.js';
import { byAccount } from '../rights.js';
import type { BuiltEnvironment, CondaSurface } from '../surface.js';

const tags = ['environments'];
const WAITS =
  'The response is sent once the build has ended. The build continues even if the request is aborted; repeat the request with the same `Idempotency-Key` to wait for the same build. Returns 503 after 15 minutes, or if no node can run the build.';

export function environmentChanges(scope: Scope, surface: CondaSurface): void {
  const { environments, times } = surface;

  scope.post(
    '/api/conda/environment',
    {
      config: byAccount,
      schema: {
        tags,
        operationId: 'conda_createEnvironment',
        summary: 'Create an environment',
        description: `Creates an environment with Python and the requested packages. ${WAITS}`,
        body: createEnvironmentBody,
        response: {
          201: json('The environment is ready', environmentMade),
          400: refused,
          ...failures(),
        },
      },
    },
    async (request, reply) => {
      const account = surface.account(request);
      surface.requireExecute(account);
      await surface.checkDiskQuota(request);
      const { name } = request.body;
      const made = await environments.create(account, name, changeOf(request.body), surface.context(request));
      await surface.written(reply, made.position);
      const build = await awaitBuild(surface, reply, made);
      if (build.outcome !== 'built')
        return reply.code(400).send(await refusalOf(surface, build, 'Failed to create environment'));
      const environment = { name, created_at: times.time(build.requestedAt) };
      return reply
        .code(201)
        .send({ success: true as const, message: 'Environment created successfully' as const, environment });
    },
  );

  scope.put(
    '/api/conda/environment/:env_name',
    {
      config: byAccount,
      schema: {
        tags,
        operationId: 'conda_renameEnvironment',
        summary: 'Rename an environment',
        description: 'Tasks that refer to the environment continue to work.',
        params: environmentParams,
        body: renameBody,
        response: {
          200: json('The environment was renamed', environmentRenamed),
          400: refused,
          ...failures(404),
        },
      },
    },
    async (request, reply) => {
      const { env_name: name } = request.params;
      const { new_name: newName } = request.body;
      const context = surface.context(request);
      let environmentId = await surface.environmentRepeated(request, reply, name, context);
      if (environmentId === undefined) {
        const { document } = await surface.environmentToChange(request, reply, name, 'modify');
        await surface.written(reply, await environments.rename(document, newName, context));
        environmentId = document.environmentId;
      }
      const tasks = await surface.parts.readModels.count(taskModel.name, {
        index: 'environment',
        value: environmentId,
      });
      const names = { old_name: name, new_name: newName };
      return {
        success: true as const,
        message: 'Environment renamed successfully' as const,
        ...names,
        updated_tasks_count: tasks,
      };
    },
  );

  scope.post(
    '/api/conda/environment/:env_name/packages',
    {
      config: byAccount,
      schema: {
        tags,
        operationId: 'conda_installPackages',
        summary: 'Install packages',
        description: `Installed packages are left unchanged where possible. On failure, nothing is changed. ${WAITS}`,
        params: environmentParams,
        body: installBody,
        response: {
          200: json('The packages were installed', packagesInstalled),
          400: refused,
          ...failures(404),
        },
      },
    },
    async (request, reply) => {
      const account = surface.account(request);
      surface.requireExecute(account);
      const { document } = await surface.environmentToChange(
        request,
        reply,
        request.params.env_name,
        'modify packages in',
      );
      const { packages } = request.body;
      const context = surface.context(request);
      if (
        (await surface.repeats(reply, environmentAggregate, document.environmentId, context)) === undefined
      ) {
        const inUse = await useOf(
          surface,
          document,
          'Cannot modify packages in environment that is referenced by running tasks',
        );
        if (inUse !== undefined) return reply.code(400).send(inUse);
        await surface.checkDiskQuota(request);
      }
      const asked = await environments.change(
        document,
        { kind: 'install', specs: packages },
        account.userId,
        context,
      );
      await surface.written(reply, asked.position);
      const build = await awaitBuild(surface, reply, asked);
      if (build.outcome !== 'built')
        return reply.code(400).send(await refusalOf(surface, build, 'Failed to install packages'));
      return {
        success: true as const,
        message: 'Packages installed successfully' as const,
        environment: document.name,
        installed_packages: packages,
      };
    },
  );

  scope.delete(
    '/api/conda/environment/:env_name/packages',
    {
      config: byAccount,
      schema: {
        tags,
        operationId: 'conda_removePackages',
        summary: 'Remove packages',
        description: `Removes the given packages, together with dependencies that are no longer needed. ${WAITS}`,
        params: environmentParams,
        body: removeBody,
        response: {
          200: json('The packages were removed', packagesRemoved),
          400: refused,
          ...failures(404),
        },
      },
    },
    async (request, reply) => {
      const account = surface.account(request);
      surface.requireExecute(account);
      const { document } = await surface.environmentToChange(
        request,
        reply,
        request.params.env_name,
        'remove packages from',
      );
      const { packages } = request.body;
      const context = surface.context(request);
      if (
        (await surface.repeats(reply, environmentAggregate, document.environmentId, context)) === undefined
      ) {
        const inUse = await useOf(
          surface,
          document,
          'Cannot remove packages from environment that is referenced by running tasks',
        );
        const problem = inUse ?? (await unremovableFrom(surface, document, packages));
        if (problem !== undefined) return reply.code(400).send(problem);
      }
      const asked = await environments.change(
        document,
        { kind: 'remove', names: packages },
        account.userId,
        context,
      );
      await surface.written(reply, asked.position);
      const build = await awaitBuild(surface, reply, asked);
      if (build.outcome !== 'built')
        return reply.code(400).send(await refusalOf(surface, build, 'Failed to remove packages'));
      return {
        success: true as const,
        message: 'Packages removed successfully' as const,
        environment: document.name,
        removed_packages: packages,
      };
    },
  );

  scope.delete(
    '/api/conda/environment/:env_name',
    {
      config: byAccount,
      schema: {
        tags,
        operationId: 'conda_deleteEnvironment',
        summary: 'Delete an environment',
        description:
          'Deletes all generations and cancels running builds. Refused if a task refers to the environment.',
        params: environmentParams,
        response: { 204: nothing('Deleted'), 400: refused, ...failures(404) },
      },
    },
    async (request, reply) => {
      const context = surface.context(request);
      if ((await surface.environmentRepeated(request, reply, request.params.env_name, context)) !== undefined)
        return reply.code(204).send(null);
      const { document } = await surface.environmentToChange(
        request,
        reply,
        request.params.env_name,
        'delete',
      );
      const { living, over } = await referencesTo(surface, await surface.whole(document));
      if (living.length > 0)
        return reply.code(400).send({
          success: false as const,
          message: 'Cannot delete environment that is referenced by tasks',
          error: 'Environment is in use by tasks',
          referencing_tasks: [...living],
        });
      await surface.written(reply, await surface.environments.delete(document, over, context));
      return reply.code(204).send(null);
    },
  );
}

/** Throws `MUSTER_E_INVALID` if the request specifies packages in two ways. */
function changeOf({
  name: _name,
  environment_yml: file,
  lock,
  ...said
}: z.output<typeof createEnvironmentBody>): EnvironmentChange {
  const given = { environment_yml: file, lock, ...said };
  const [first, second] = Object.entries(given).flatMap(([field, value]) =>
    value === undefined ? [] : [field],
  );
  if ((file !== undefined || lock !== undefined) && second !== undefined)
    throw new MusterError('MUSTER_E_INVALID', {
      field: second,
      problem: `cannot be combined with ${first}`,
    });
  if (lock !== undefined) return { kind: 'lock', lock };
  if (file !== undefined) return { kind: 'create', ...readEnvironmentFile(file) };
  const { python_version: python, packages = [], requirements = [], channels } = said;
  const specs = [python === undefined ? 'python' : `python=${python}`, ...packages];
  return { kind: 'create', specs, pip: requirements, ...(channels && { channels }) };
}

async function useOf(surface: CondaSurface, document: BuiltEnvironment['document'], message: string) {
  const running = await runningIn(surface, document);
  return running.length === 0
    ? undefined
    : {
        success: false as const,
        message,
        error: 'Environment is in use by tasks',
        referencing_tasks: running,
      };
}

async function unremovableFrom(
  surface: CondaSurface,
  document: BuiltEnvironment['document'],
  names: readonly string[],
) {
  const { generations, current } = await surface.whole(document);
  const failed = unremovablePackages(
    generations.find(({ number }) => number === current),
    names,
  );
  if (failed.length === 0) return undefined;
  // The sentence of the contract for a conflict is about an installation.
  const details = failed.map((each) =>
    each.why === 'conflict'
      ? `Package '${each.name}' was not requested by itself: other packages need it, and it is removed with them`
      : sentenceOf(each),
  );
  return {
    success: false as const,
    message: 'Failed to remove packages',
    failed_packages: failed.map(({ name }) => name),
    error_details: details,
    error: details.join('\n'),
  };
}
