import { isDeepStrictEqual } from 'node:util';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { catalogOf } from '#domain/kernel/catalog/index.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import { streamName } from '#domain/kernel/event/index.js';
import { tenantSubject } from '#domain/kernel/sealing/index.js';
import {
  jobIdOf,
  masked,
  notificationJobOf,
  originOf,
  referencesOf,
  secretsOf,
  taskErrors,
  tasks as taskAggregate,
  variablesOf,
  type Executor,
  type NotificationTarget,
  type PresentTask,
  type RunParameters,
  type Secrets,
  type TaskDefinition,
  type TaskWork,
} from '#domain/tasks/task/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { WorkerSeen } from '#domain/protocol/index.js';
import type { CommandContext } from '#domain/kernel/ports/command-executor.js';
import { taskNotifications, type TaskNotificationDocument } from '#projections/tasks/task-notifications.js';
import { taskRuns, type TaskRunDocument } from '#projections/tasks/task-runs.js';
import { tasks as taskModel, type TaskDocument } from '#projections/tasks/tasks.js';
import {
  mayChange,
  maySee,
  type TenantSecrets,
  type UserPrincipal,
  type Identity,
  type Quotas,
} from '#src/accounts/index.js';
import type { DecidedEvents } from '#src/engine/commands/index.js';
import { openEnvironment, sealEnvironment } from '#src/fleet/sealed-environments/index.js';
import type { Execution, RunRate, Tasks, SlotParts } from '#src/fleet/tasks/index.js';
import {
  markStale,
  read,
  SurfaceCalls,
  type CallParts,
  type ReadinessCheck,
  type SurfaceHost,
} from '#src/http/index.js';
import type { LogParts } from '#src/features/task-logs/index.js';
import type { VisibilityParts } from '#src/features/visibility/index.js';
import type { Broadcast } from '#src/messaging/index.js';
import type { DryRuns } from '#src/fleet/scheduler/index.js';
import type { TaskResults, NodeCommands } from '#src/fleet/nodes/index.js';
import type { NodeAccess } from '#src/fleet/node-access/index.js';
import { secretsIn, type SealedParts, type TaskSecrets } from './definition.js';
import type { WorkerHeartbeats } from './worker-heartbeats.js';
import { openPlace, sealPlace, shownUrl } from './notification-url.js';
import type { TriggerBody } from './run-contract.js';
import type { TaskBody } from './task-contract.js';
import type { PreviousView } from './task-view.js';
import { checkReach } from './url-reach.js';

export const TASKS_SURFACE = 'tasks';
/** Paths below `/api/tasks` are shared with conda. This surface serves the requests that have an `Authorization` header. */
export const SHOWS_AUTHORIZATION = { name: 'authorization', present: true } as const;
export const RIGHTS = ['read', 'write', 'trigger', 'execute', 'worker'] as const;
export const ADMINISTRATORS = ['worker'] as const;

const TASKS = catalogOf(taskAggregate);
const PARAMETERS: Readonly<Record<Executor, readonly string[]>> = {
  shell: ['environment'],
  python: ['environment', 'arguments'],
  http: [],
  conda: [],
};

const NUMBER = /^[1-9]\d{0,15}$/;

type Owned = Pick<PresentTask, 'tenantId' | 'createdBy' | 'definition'>;

/** What this surface uses of the server. */
export type TasksParts = CallParts &
  LogParts &
  VisibilityParts & {
    readonly identity: Pick<Identity, 'root' | 'sealer' | 'users'>;
    readonly nodes: Pick<NodeAccess, 'authorize'>;
    readonly quotas: Quotas;
    readonly decided?: DecidedEvents;
    readonly clock: Clock;
    readonly nodeCommands: NodeCommands;
    readonly workersSeen?: Broadcast<WorkerSeen> | undefined;
    readonly results: Pick<TaskResults, 'read'>;
    readonly dryRuns: DryRuns;
    readonly zoneData?: SlotParts['zoneData'];
    readonly readiness: () => readonly ReadinessCheck[];
    readonly settings: { readonly openExecution?: boolean; readonly nodeTimeoutSeconds?: number };
  };

export class TasksSurface extends SurfaceCalls<TasksParts> {
  constructor(
    host: SurfaceHost<TasksParts>,
    readonly execution: Execution,
    readonly tasks: Tasks,
    readonly workers: WorkerHeartbeats,
    readonly secrets: TenantSecrets,
    readonly runRate: RunRate,
  ) {
    super(TASKS_SURFACE, host);
  }

  async task(request: FastifyRequest, reply: FastifyReply, id: string): Promise<TaskDocument> {
    const stored = NUMBER.test(id) ? await this.parts.readModels.get(taskModel.name, id) : undefined;
    const document = this.#seen(request, id, stored && read<TaskDocument>(stored));
    if (stored?.parked === true) markStale(reply);
    return document;
  }

  async taskToChange(request: FastifyRequest, reply: FastifyReply, id: string): Promise<TaskDocument> {
    return this.#changeable(request, await this.task(request, reply, id));
  }

  async taskRepeated(reply: FastifyReply, id: string, context: CommandContext): Promise<boolean> {
    return NUMBER.test(id) && (await this.repeats(reply, taskAggregate, id, context)) !== undefined;
  }

  /** Reads the task from its stream. Routes that need nothing else do not wait for read models (`waits: 'position'`). */
  async presentTask(request: FastifyRequest, id: string): Promise<PresentTask> {
    return this.#changeable(
      request,
      this.#seen(request, id, NUMBER.test(id) ? await this.tasks.find(Number(id)) : undefined),
    );
  }

  /** The read model may not show the task yet. Then its events are folded: it is new, so they are few. */
  async previousView(reply: FastifyReply, { taskId }: PresentTask): Promise<PreviousView> {
    const id = String(taskId);
    const document = await this.document<TaskDocument>(reply, taskModel.name, id);
    if (document !== undefined) return document;
    let folded: TaskDocument | undefined;
    for await (const page of this.parts.eventStore.readStream(streamName('task', id)))
      for (const event of page.flatMap((each) => TASKS.decodeOurs(each) ?? []))
        if (taskModel.events.includes(event.type))
          folded = taskModel.evolve(folded, event, id) as TaskDocument | undefined;
    if (folded === undefined)
      throw new MusterError(taskErrors.MUSTER_E_TASK_NOT_FOUND, { taskId: shown(id) });
    return folded;
  }

  async run({ taskId }: TaskDocument, reply: FastifyReply, id: string): Promise<TaskRunDocument> {
    const document = NUMBER.test(id)
      ? await this.document<TaskRunDocument>(reply, taskRuns.name, jobIdOf(taskId, Number(id)))
      : undefined;
    if (document === undefined)
      throw new MusterError(taskErrors.MUSTER_E_TASK_RUN_NOT_FOUND, { taskId, run: shown(id) });
    return document;
  }

  async notice({ taskId }: TaskDocument, reply: FastifyReply, id: string): Promise<TaskNotificationDocument> {
    const document = NUMBER.test(id)
      ? await this.document<TaskNotificationDocument>(
          reply,
          taskNotifications.name,
          notificationJobOf(taskId, Number(id)),
        )
      : undefined;
    if (document === undefined)
      throw new MusterError(taskErrors.MUSTER_E_TASK_NOTICE_NOT_FOUND, { taskId, notice: shown(id) });
    return document;
  }

  /** Throws `MUSTER_E_QUOTA_RATE` if a run would exceed the account's or tenant's limit per minute, unless the request is a repetition. */
  async checkRunQuota(
    reply: FastifyReply,
    { taskId, tenantId, createdBy }: Pick<PresentTask, 'taskId' | 'tenantId' | 'createdBy'>,
    context: CommandContext,
  ): Promise<void> {
    const member = { tenantId, account: createdBy };
    const excess = this.runRate.excess(member, await this.parts.quotas.runLimitsOf(member));
    if (excess === undefined || (await this.taskRepeated(reply, String(taskId), context))) return;
    throw await this.parts.quotas.rateRefusal(tenantId, excess, this.runRate.leftMs, context);
  }

  async seal(tenantId: string, body: TaskBody, former?: TaskDefinition): Promise<SealedParts> {
    if (body.executor === 'http' && !callsOrigin(former?.work, body.url))
      await checkReach(this.parts.readModels, 'url', body.url);
    const place = body.notify && (await this.#sealPlace(tenantId, body.notify.url, former?.notify?.to));
    return { environment: await this.#seal(tenantId, secretsIn(body), former?.work), place };
  }

  /** Adds a hint to the message if the task uses secrets that its tenant does not have. */
  async messageFor(
    said: string,
    { tenantId, definition: { work } }: Pick<TaskDocument, 'tenantId' | 'definition'>,
  ): Promise<string> {
    const missing = await this.secrets.missing(tenantId, Object.values(work.references ?? {}));
    return missing.length === 0
      ? said
      : `${said}, but secrets are missing: ${missing.join(', ')}. Runs fail until they are set`;
  }

  async secretsOf(
    account: UserPrincipal,
    task: Pick<TaskDocument, 'tenantId' | 'createdBy' | 'definition'>,
  ): Promise<TaskSecrets> {
    const { work, notify } = task.definition;
    const secrets = secretsOf(work, await this.#open(work));
    const told = notify && { notifyUrl: await this.urlOf(account, task, notify.to) };
    return { ...(mayChange(account, task) ? secrets : masked(secrets)), ...told };
  }

  /** Like `secretsOf`, for a response, so that the read is recorded. */
  async secretsShown(
    request: FastifyRequest,
    task: Parameters<TasksSurface['secretsOf']>[1],
  ): Promise<TaskSecrets> {
    const account = this.account(request);
    const secrets = await this.secretsOf(account, task);
    if (mayChange(account, task) && Object.keys(secrets).length > 0) request.readsSecrets = true;
    return secrets;
  }

  /** Like `urlOf`, for a response, so that the read is recorded. */
  async urlShown(
    request: FastifyRequest,
    task: Pick<TaskDocument, 'tenantId' | 'createdBy'>,
    place: NotificationTarget,
  ): Promise<string> {
    const account = this.account(request);
    if (mayChange(account, task)) request.readsSecrets = true;
    return await this.urlOf(account, task, place);
  }

  async urlOf(
    account: UserPrincipal,
    task: Pick<TaskDocument, 'tenantId' | 'createdBy'>,
    place: NotificationTarget,
  ): Promise<string> {
    return shownUrl(
      place,
      mayChange(account, task) ? await openPlace(this.parts.identity.sealer, place) : undefined,
    );
  }

  /** Returns parameters that override the task's. Throws `MUSTER_E_INVALID` if the executor does not use a field. */
  async parametersOf({ tenantId, definition: { work } }: Owned, more: TriggerBody): Promise<RunParameters> {
    const unused = Object.keys(more).find((field) => !PARAMETERS[work.executor].includes(field));
    if (unused !== undefined)
      throw new MusterError('MUSTER_E_INVALID', {
        field: unused,
        problem: `is not allowed for ${work.executor} tasks`,
      });
    if (Object.keys(more).length === 0) return {};
    const own = secretsOf(work, await this.#open(work));
    const words = more.arguments ?? own.arguments;
    const secrets = {
      ...own,
      environment: { ...own.environment, ...more.environment },
      ...(words && { arguments: words }),
    };
    const sealedEnvironment = await this.#seal(tenantId, secrets);
    // An empty object overrides the task's references; undefined would keep them.
    const references = referencesOf(secrets) ?? (work.references && {});
    return {
      ...(sealedEnvironment !== undefined && { sealedEnvironment }),
      ...(words && { arguments: words.length }),
      ...(references && { references }),
    };
  }

  #seen<Task extends Owned>(request: FastifyRequest, id: string, task: Task | undefined): Task {
    if (
      task === undefined ||
      task.definition.work.executor === 'conda' ||
      !maySee(this.account(request), task)
    )
      throw new MusterError(taskErrors.MUSTER_E_TASK_NOT_FOUND, { taskId: shown(id) });
    return task;
  }

  #changeable<Task extends Owned>(request: FastifyRequest, task: Task): Task {
    if (!mayChange(this.account(request), task))
      throw new MusterError('MUSTER_E_FORBIDDEN', {
        problem: 'only the creator of a task and administrators can change it',
      });
    return task;
  }

  async #seal(tenantId: string, secrets: Secrets, former?: TaskWork): Promise<string | undefined> {
    const variables = variablesOf(secrets);
    if (former?.sealedEnvironment !== undefined && isDeepStrictEqual(variables, await this.#open(former)))
      return former.sealedEnvironment;
    return (
      variables && (await sealEnvironment(this.parts.identity.sealer, tenantSubject(tenantId), variables))
    );
  }

  async #sealPlace(
    tenantId: string,
    url: string,
    former: NotificationTarget | undefined,
  ): Promise<NotificationTarget> {
    const { sealer } = this.parts.identity;
    // A URL whose key no longer exists is kept until a different one is set.
    if (former !== undefined && shownUrl(former, await openPlace(sealer, former)) === url) return former;
    await checkReach(this.parts.readModels, 'notify.url', url);
    return await sealPlace(sealer, tenantId, url);
  }

  async #open({ sealedEnvironment }: TaskWork): Promise<Record<string, string>> {
    return (
      (sealedEnvironment && (await openEnvironment(this.parts.identity.sealer, sealedEnvironment))) || {}
    );
  }
}

/** Whether a task calls the origin of a URL already. It stays allowed to, even if no node may call it now. */
function callsOrigin(work: TaskWork | undefined, url: string): boolean {
  return work?.executor === 'http' && originOf(work.url) === originOf(url);
}

function shown(id: string): string {
  return NUMBER.test(id) ? id : '?';
}
