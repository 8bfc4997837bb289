import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  BUILD_RESOURCES,
  environmentErrors,
  type Generation,
  type PresentEnvironment,
} from '#domain/environments/environment/index.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import { taskErrors, tasks as taskAggregate } from '#domain/tasks/task/index.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { CommandContext } from '#domain/kernel/ports/command-executor.js';
import {
  currentEntry,
  environments as environmentModel,
  environmentNameValue,
  type EnvironmentDocument,
  type GenerationEntry,
} from '#projections/environments/environments.js';
import { isConda, tasks as taskModel, type TaskDocument } from '#projections/tasks/tasks.js';
import { mayChange, maySee, type UserPrincipal, type Identity, type Quotas } from '#src/accounts/index.js';
import { Execution, Tasks } from '#src/fleet/tasks/index.js';
import {
  markStale,
  onlyWith,
  read,
  SurfaceCalls,
  type CallParts,
  type Reached,
  type SurfaceHost,
} from '#src/http/index.js';
import type { LogParts } from '#src/features/task-logs/index.js';
import type { TaskResults } from '#src/fleet/nodes/index.js';
import { demandRoom } from './environment-quota.js';
import { Environments } from './environments.js';
import type { CondaSettings } from './settings.js';
import { WireTimes } from './wire-time.js';

export const CONDA_SURFACE = 'conda';
export const SHOWS_NO_AUTHORIZATION = { name: 'authorization', present: false } as const;
export const SHARED_PATH = onlyWith(SHOWS_NO_AUTHORIZATION);

export interface BuiltEnvironment {
  readonly document: EnvironmentDocument;
  readonly current: GenerationEntry;
}

/** What this surface uses of the server. */
export type CondaParts = CallParts &
  LogParts & {
    readonly identity: Identity;
    readonly quotas: Quotas;
    readonly eventStore: Pick<EventStore, 'head'>;
    readonly clock: Clock;
    readonly results: Pick<TaskResults, 'read'>;
    readonly settings: Reached & { readonly openExecution?: boolean };
  };

export class CondaSurface extends SurfaceCalls<CondaParts> {
  readonly environments: Environments;
  readonly tasks: Tasks;
  readonly times: WireTimes;
  readonly #execution: Execution;

  constructor(
    host: SurfaceHost<CondaParts>,
    readonly settings: CondaSettings,
  ) {
    super(CONDA_SURFACE, host);
    this.environments = new Environments(host.parts);
    const { executor, clock, quotas, settings: server } = host.parts;
    this.#execution = new Execution({ executor, quotas, openExecution: server.openExecution ?? false });
    this.tasks = new Tasks({
      executor,
      clock,
      execution: this.#execution,
      quotas,
      inWords: (error) => error,
    });
    this.times = new WireTimes(settings.timezone);
  }

  async anyEnvironment(
    request: FastifyRequest,
    reply: FastifyReply,
    name: string,
  ): Promise<EnvironmentDocument> {
    const where = { index: 'name', value: environmentNameValue(this.account(request).tenantId, name) };
    for await (const [stored] of this.parts.readModels.list(environmentModel.name, { where, limit: 1 })) {
      if (stored === undefined) break;
      if (stored.parked) markStale(reply);
      return read<EnvironmentDocument>(stored);
    }
    throw new MusterError(environmentErrors.MUSTER_E_ENVIRONMENT_NOT_FOUND);
  }

  async environment(request: FastifyRequest, reply: FastifyReply, name: string): Promise<BuiltEnvironment> {
    const document = await this.anyEnvironment(request, reply, name);
    const current = currentEntry(document);
    if (current === undefined) throw new MusterError(environmentErrors.MUSTER_E_ENVIRONMENT_NOT_FOUND);
    return { document, current };
  }

  async environmentToChange(
    request: FastifyRequest,
    reply: FastifyReply,
    name: string,
    what: string,
  ): Promise<BuiltEnvironment> {
    const found = await this.environment(request, reply, name);
    this.demandOwn(request, found.document, what);
    return found;
  }

  async environmentRepeated(
    request: FastifyRequest,
    reply: FastifyReply,
    name: string,
    context: CommandContext,
  ): Promise<string | undefined> {
    const done = await this.environments.repeated(this.account(request).tenantId, name, context);
    if (done !== undefined) await this.written(reply, done.position);
    return done?.environmentId;
  }

  /** Finds a task of this surface in the caller's tenant or, for administrators, in any tenant. Throws `MUSTER_E_TASK_NOT_FOUND`. */
  async task(request: FastifyRequest, reply: FastifyReply, id: string): Promise<TaskDocument> {
    const task =
      numberIn(id) === 0 ? undefined : await this.document<TaskDocument>(reply, taskModel.name, id);
    if (task === undefined || !isConda(task) || !maySee(this.account(request), task))
      throw new MusterError(taskErrors.MUSTER_E_TASK_NOT_FOUND, { taskId: id });
    return task;
  }

  async taskRepeated(reply: FastifyReply, id: string, context: CommandContext): Promise<boolean> {
    return numberIn(id) !== 0 && (await this.repeats(reply, taskAggregate, id, context)) !== undefined;
  }

  /** Finds a task that the caller may change. `what`: the action, in the contract's words. Also throws `MUSTER_E_TASK_NOT_YOURS`. */
  async taskToChange(
    request: FastifyRequest,
    reply: FastifyReply,
    id: string,
    what: 'stop' | 'delete',
  ): Promise<TaskDocument> {
    const task = await this.task(request, reply, id);
    if (!mayChange(this.account(request), task))
      throw new MusterError(taskErrors.MUSTER_E_TASK_NOT_YOURS, { what });
    return task;
  }

  /**
   * Throws `MUSTER_E_ENVIRONMENT_NO_ROOM` if the tenant's disk quota is used up, and `MUSTER_E_QUOTA_TOO_SMALL` if a quota of the account or
   * tenant is smaller than what a build needs.
   */
  async checkDiskQuota(request: FastifyRequest): Promise<void> {
    const { tenantId, userId } = this.account(request);
    await this.parts.quotas.demand({ tenantId, account: userId }, BUILD_RESOURCES, this.context(request));
    const { tenantBytes } = this.settings;
    if (tenantBytes === undefined) return;
    const { readModels } = this.parts;
    await demandRoom({ readModels, quotas: this.parts.quotas }, tenantId, tenantBytes, this.context(request));
  }

  demandOwn(
    request: FastifyRequest,
    environment: Pick<EnvironmentDocument, 'tenantId' | 'createdBy'>,
    what: string,
  ): void {
    if (!mayChange(this.account(request), environment))
      throw new MusterError(environmentErrors.MUSTER_E_ENVIRONMENT_NOT_YOURS, { what });
  }

  /** Requires the right to run code on workers, because packages and scripts run code. An API key also requires the scope. */
  requireExecute(account: UserPrincipal): void {
    this.#execution.demand(account, { executor: 'conda' });
  }

  async whole({ environmentId }: Pick<EnvironmentDocument, 'environmentId'>): Promise<PresentEnvironment> {
    const environment = await this.environments.find(environmentId);
    if (environment === undefined) throw new MusterError(environmentErrors.MUSTER_E_ENVIRONMENT_NOT_FOUND);
    return environment;
  }
}

/** Returns the number in a path, or 0, which is never a valid number. */
export function numberIn(path: string): number {
  return /^[1-9]\d{0,15}$/.test(path) ? Number(path) : 0;
}

export function generationOf(generations: readonly Generation[], wanted: number): Generation {
  const found = generations.find(({ number }) => number === wanted);
  if (found === undefined)
    throw new MusterError(environmentErrors.MUSTER_E_ENVIRONMENT_GENERATION_NOT_FOUND, {
      generation: wanted,
    });
  return found;
}
