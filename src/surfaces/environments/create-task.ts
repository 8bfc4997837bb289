import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  environmentErrors,
  NO_PACKAGES,
  type EnvironmentChange,
} from '#domain/environments/environment/index.js';
import { isMusterError } from '#domain/kernel/errors/index.js';
import { tenantSubject } from '#domain/kernel/sealing/index.js';
import { checkNewName } from '#domain/kernel/plain-name.js';
import type { PresentTask } from '#domain/tasks/task/index.js';
import type { CommandContext } from '#domain/kernel/ports/command-executor.js';
import type { EnvironmentDocument } from '#projections/environments/environments.js';
import type { UserPrincipal } from '#src/accounts/index.js';
import { sealEnvironment } from '#src/fleet/sealed-environments/index.js';
import { awaitBuild, refusalOf, type Refused } from './awaited-build.js';
import { referencesTo } from './references.js';
import type { CondaSurface } from './surface.js';
import type { CreateTaskBody } from './task-contract.js';
import { definitionOf, requirementsIn, scriptIn, timingIn, variablesIn } from './task-definition.js';

const CLEANUP_EVERY = 100;
/** How long an environment's name may lag behind its event, in milliseconds. */
const BEHIND_MS = 10_000;

export interface Made {
  readonly task: PresentTask;
  readonly at: number;
  readonly environment: string;
  readonly message: string | undefined;
  readonly position: bigint | undefined;
}
type TaskRefused = Refused & { readonly environment_state?: string };

interface Ready {
  readonly environmentId: string;
  readonly called: string;
  readonly message?: string;
}

/**
 * Creates a task: reserves its name, prepares its environment, then creates the task. If this fails, the name is released. Throws
 * `MUSTER_E_TASK_NAME_TAKEN`, `MUSTER_E_INVALID` or `MUSTER_E_ENVIRONMENT_NOT_YOURS`. Refusals whose texts the contract prescribes are returned.
 */
export async function createTask(
  surface: CondaSurface,
  request: FastifyRequest,
  reply: FastifyReply,
  body: CreateTaskBody,
): Promise<Made | TaskRefused> {
  const account = surface.account(request);
  if (body.task_name !== undefined) checkNewName('task_name', body.task_name, 'number');
  surface.requireExecute(account);
  const problem = timingProblem(surface, body);
  if (problem !== undefined) return problem;
  const script = scriptIn(body.script, surface.settings.scriptRoots);
  const wanted = requirementsIn(body.requirements ?? '');
  const context = surface.context(request);
  await surface.tasks.demand(account, { resources: { cpu: body.cpu, memory: body.memory_mb } }, context);
  const begun = await surface.tasks.begin(
    account,
    (taskId) => body.task_name ?? `task-${taskId}`,
    context,
    'conda',
  );
  try {
    const ready = await referredEnvironment(
      surface,
      { request, reply, body, account, wanted, context },
      begun.taskId,
    );
    if ('success' in ready) {
      await surface.tasks.giveUp(begun, context);
      return ready;
    }
    const variables = variablesIn(body);
    const sealedEnvironment =
      variables &&
      (await sealEnvironment(surface.parts.identity.sealer, tenantSubject(account.tenantId), variables));
    const now = surface.parts.clock.now();
    const timing = timingIn(body, surface.settings.timezone, now);
    const environment = { environmentId: ready.environmentId, called: ready.called };
    const definition = definitionOf(body, {
      name: begun.name,
      script,
      environment,
      timing,
      sealedEnvironment,
    });
    const { task, at, position } = await surface.tasks.make(begun, account, definition, context, now);
    await removeObsoleteReferences(surface, ready.environmentId, context);
    return { task, at: at ?? task.timedAt, environment: ready.called, message: ready.message, position };
  } catch (error) {
    await surface.tasks.giveUp(begun, context);
    throw error;
  }
}

function timingProblem(surface: CondaSurface, body: CreateTaskBody): Refused | undefined {
  const { cron_expression: cron, delay_seconds: delay } = body;
  const refused = (message: string, error: string): Refused => ({ success: false, message, error });
  if (cron !== undefined && delay !== undefined)
    return refused(
      'Please specify either cron expression or delay seconds, not both',
      'Cannot specify both cron_expression and delay_seconds',
    );
  if (delay !== undefined && delay < 0)
    return refused('Please provide a non-negative delay value', 'Delay seconds must be non-negative');
  try {
    const now = surface.parts.clock.now();
    surface.tasks.checkTiming({ timing: timingIn(body, surface.settings.timezone, now) }, now);
    return undefined;
  } catch (error) {
    if (cron === undefined || !isMusterError(error, 'MUSTER_E_INVALID')) throw error;
    return refused(
      'The provided cron expression is invalid',
      `Invalid cron expression: ${String(error.fields['problem'])}`,
    );
  }
}

interface TaskRequest {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly body: CreateTaskBody;
  readonly account: UserPrincipal;
  readonly wanted: readonly string[];
  readonly context: CommandContext;
}

/** Prepares the environment and adds a reference to it, so it cannot be deleted from then on. */
async function referredEnvironment(
  surface: CondaSurface,
  asked: TaskRequest,
  taskId: number,
): Promise<Ready | TaskRefused> {
  const refer = async (): Promise<Ready | TaskRefused> => {
    const ready = await readyEnvironment(surface, asked);
    if (!('success' in ready))
      await surface.environments.addReference(ready.environmentId, taskId, asked.context);
    return ready;
  };
  try {
    return await refer();
  } catch (error) {
    if (!isMusterError(error, environmentErrors.MUSTER_E_ENVIRONMENT_NOT_FOUND)) throw error;
    await upToDate(surface);
    return await refer();
  }
}

async function upToDate({ parts: { eventStore, readModels } }: CondaSurface): Promise<void> {
  const head = await eventStore.head();
  if (head !== undefined) await readModels.waitFor(head, BEHIND_MS);
}

async function readyEnvironment(surface: CondaSurface, asked: TaskRequest): Promise<Ready | TaskRefused> {
  const { body } = asked;
  const found = await named(surface, asked);
  if (found !== undefined) return await existing(surface, asked, found);
  if (body.reuse_env === true)
    return {
      success: false,
      message: 'Cannot reuse non-existing environment',
      error: `Environment '${body.conda_env}' not found`,
    };
  try {
    return await made(surface, asked);
  } catch (error) {
    if (!isMusterError(error, environmentErrors.MUSTER_E_ENVIRONMENT_NAME_TAKEN)) throw error;
    await upToDate(surface);
    const other = await named(surface, asked);
    if (other === undefined) throw error;
    return await existing(surface, asked, other);
  }
}

async function named(
  surface: CondaSurface,
  { request, reply, body }: TaskRequest,
): Promise<EnvironmentDocument | undefined> {
  return await surface.anyEnvironment(request, reply, body.conda_env).catch((error: unknown) => {
    if (isMusterError(error, environmentErrors.MUSTER_E_ENVIRONMENT_NOT_FOUND)) return undefined;
    throw error;
  });
}

async function made(
  surface: CondaSurface,
  { request, reply, body, account, wanted, context }: TaskRequest,
): Promise<Ready | TaskRefused> {
  await surface.checkDiskQuota(request);
  const change: EnvironmentChange = { kind: 'create', specs: ['python'], pip: [...wanted] };
  const requested = await surface.environments.create(account, body.conda_env, change, context);
  const build = await awaitBuild(surface, reply, requested);
  const what =
    wanted.length > 0 ? 'Failed to install requirements in new environment' : 'Failed to create environment';
  if (build.outcome !== 'built') return await refusalOf(surface, build, what);
  const message =
    wanted.length > 0
      ? `Requirements installed in new environment '${body.conda_env}'`
      : `Environment '${body.conda_env}' created`;
  return { environmentId: requested.environmentId, called: body.conda_env, message };
}

async function existing(
  surface: CondaSurface,
  asked: TaskRequest,
  document: EnvironmentDocument,
): Promise<Ready | TaskRefused> {
  const { request, reply, account, wanted, context } = asked;
  const { environmentId, name: called } = document;
  if (document.current === null) {
    const build = await awaitBuild(surface, reply, {
      environmentId,
      build: document.newestBuild,
      position: undefined,
    });
    if (build.outcome !== 'built') return await refusalOf(surface, build, 'Failed to create environment');
  }
  if (wanted.length === 0) return { environmentId, called };
  surface.demandOwn(request, document, 'modify packages in');
  const { generations, current } = await surface.whole(document);
  const { pip } = generations.find(({ number }) => number === current)?.wanted ?? NO_PACKAGES;
  const message = `Requirements installed in existing environment '${called}'`;
  if (wanted.every((each) => pip.includes(each))) return { environmentId, called, message };
  await surface.checkDiskQuota(request);
  const requested = await surface.environments.change(
    document,
    { kind: 'require', pip: [...wanted] },
    account.userId,
    context,
  );
  const build = await awaitBuild(surface, reply, requested);
  if (build.outcome === 'built') return { environmentId, called, message };
  const refusal = await refusalOf(surface, build, 'Failed to install requirements in existing environment');
  return {
    ...refusal,
    environment_state: 'Environment may be in an inconsistent state, consider restoring from backup',
  };
}

/** Removes obsolete references, so the state of an environment that many short tasks use remains small. */
async function removeObsoleteReferences(
  surface: CondaSurface,
  environmentId: string,
  context: CommandContext,
): Promise<void> {
  const environment = await surface.environments.find(environmentId);
  if (environment === undefined || environment.tasks.length % CLEANUP_EVERY !== 0) return;
  const { over } = await referencesTo(surface, environment);
  if (over.length > 0) await surface.environments.removeReferences(environmentId, over, context);
}
