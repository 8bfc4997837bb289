import { MAX_CALL_SECONDS } from '#domain/drivers/http/index.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import { SLOTS } from '#domain/kernel/resources.js';
import {
  isSecretUrl,
  originOf,
  piecesOf,
  plainWork,
  referencesOf,
  type NotificationTarget,
  type Notify,
  type PlainWork,
  type References,
  type Secrets,
  type TaskDefinition,
  storedUrl,
  type HttpWork,
  type TaskWork,
  type Timing,
} from '#domain/tasks/task/index.js';
import { invalid } from '#src/http/index.js';
import { shownUrl } from './notification-url.js';
import { taskBody, type SettledBody, type TaskBody, type TaskChange } from './task-contract.js';
import { workFields } from './work-contract.js';

const DEFAULT_RESOURCES = { cpu: 100, memory: 128, [SLOTS]: 1 };
const MAX_DEFINITION_BYTES = 131_072;

export interface SealedParts {
  readonly environment: string | undefined;
  readonly place: NotificationTarget | undefined;
}

export interface TaskSecrets extends Secrets {
  readonly notifyUrl?: string;
}

export function definitionOf(body: TaskBody, sealed: SealedParts): TaskDefinition {
  const definition: TaskDefinition = {
    name: body.name,
    ...(body.description !== undefined && { description: body.description }),
    work: workOf(body, sealed.environment, referencesOf(secretsIn(body))),
    timing: timingOf(body),
    ...chainOf(body),
    ...notifyOf(body, sealed),
    priority: body.priority ?? 'normal',
    retryCount: body.retry_count ?? 0,
    retryDelaySeconds: body.retry_delay_seconds ?? 10,
    ...(body.start_within_seconds !== undefined && { startWithinSeconds: body.start_within_seconds }),
    timeoutSeconds: body.timeout_seconds ?? 3600,
    onLost: body.on_lost ?? 'retry',
    ...(body.tags !== undefined && body.tags.length > 0 && { tags: body.tags }),
    labels: body.labels ?? {},
    keepRuns: body.keep_runs ?? 1000,
    resources: { ...DEFAULT_RESOURCES, ...body.resources },
  };
  if (Buffer.byteLength(JSON.stringify(definition)) > MAX_DEFINITION_BYTES)
    throw new MusterError('MUSTER_E_INVALID', {
      field: 'body',
      problem: `must be at most ${MAX_DEFINITION_BYTES} bytes`,
    });
  return definition;
}

/** Throws `MUSTER_E_INVALID` if an HTTP call has a longer timeout than allowed. */
export function checkTimeout({ executor, timeout_seconds: timeout = 0 }: TaskBody): void {
  if (executor === 'http' && timeout > MAX_CALL_SECONDS)
    throw new MusterError('MUSTER_E_INVALID', {
      field: 'timeout_seconds',
      problem: `must be at most ${MAX_CALL_SECONDS} for http tasks`,
    });
}

/** Returns the parts of a body that may be secret. */
export function secretsIn(body: TaskBody): TaskSecrets {
  return { ...secretsOfWork(body), ...(body.notify && { notifyUrl: body.notify.url }) };
}

function secretsOfWork(body: TaskBody): Secrets {
  if (body.executor === 'http')
    return {
      ...(isSecretUrl(body.url) && { url: body.url }),
      ...(body.headers && { headers: body.headers }),
      ...(body.body !== undefined && { body: body.body }),
    };
  const words = body.executor === 'python' ? body.arguments : undefined;
  return { ...(body.environment && { environment: body.environment }), ...(words && { arguments: words }) };
}

function workOf(body: TaskBody, sealed: string | undefined, references: References | undefined): TaskWork {
  const secret = {
    ...(sealed !== undefined && { sealedEnvironment: sealed }),
    ...(references && { references }),
  };
  if (body.executor === 'http') {
    const { executor, url, method = 'GET', headers = {}, expect } = body;
    return {
      executor,
      ...storedUrl(url),
      method,
      headers: Object.keys(headers),
      bodyPieces: piecesOf(body.body).length,
      ...(expect && { expect }),
      ...secret,
    };
  }
  const { command, working_directory: workingDirectory } = body;
  const place = { ...(workingDirectory !== undefined && { workingDirectory }), ...secret };
  if (body.executor === 'shell') return { executor: body.executor, command, ...place };
  const { executor, arguments: words = [], python_path: pythonPath } = body;
  return {
    executor,
    command,
    arguments: words.length,
    ...(pythonPath !== undefined && { pythonPath }),
    ...place,
  };
}

function timingOf(body: TaskBody): Timing {
  const { schedule: pattern, timezone = 'UTC', run_at: runAt, start_at: startAt, end_at: endAt } = body;
  return {
    ...(pattern !== undefined && { pattern }),
    ...(pattern !== undefined && body.day_match !== undefined && { dayMatch: body.day_match }),
    timezone,
    ...(runAt !== undefined && { runAt: Date.parse(runAt) }),
    ...(startAt !== undefined && { startAt: Date.parse(startAt) }),
    ...(endAt !== undefined && { endAt: Date.parse(endAt) }),
    concurrency: body.concurrency ?? 'forbid',
    misfire: body.misfire ?? 'once',
    ...(body.misfire_within_seconds !== undefined && { misfireWithinSeconds: body.misfire_within_seconds }),
    jitterSeconds: body.jitter_seconds ?? 0,
  };
}

function chainOf({ after }: TaskBody): Pick<TaskDefinition, 'after'> {
  return after === undefined || after.tasks.length === 0
    ? {}
    : { after: { tasks: after.tasks, on: after.on ?? 'success' } };
}

function notifyOf({ notify }: TaskBody, { place }: SealedParts): Pick<TaskDefinition, 'notify'> {
  return notify === undefined || place === undefined
    ? {}
    : {
        notify: {
          on: notify.on ?? ['failure'],
          to: place,
          ...(notify.waiting_seconds !== undefined && { waitingSeconds: notify.waiting_seconds }),
        },
      };
}

/** Returns notification settings as the API shows them. `url`: the URL, if the caller may see it. */
export function notifyBody({ on, to, waitingSeconds }: Notify, url: string | undefined) {
  return {
    on: [...on],
    url: shownUrl(to, url),
    ...(waitingSeconds !== undefined && { waiting_seconds: waitingSeconds }),
  };
}

/** Converts a definition back to a body. `secrets`: the secrets that the caller may see. */
export function bodyOf(
  { name, description, work, timing, ...rest }: TaskDefinition,
  secrets: TaskSecrets,
): SettledBody {
  const { pattern, dayMatch, timezone, runAt, startAt, endAt, concurrency, misfire, jitterSeconds } = timing;
  const time = (at: number): string => new Date(at).toISOString();
  return {
    name,
    ...(description !== undefined && { description }),
    ...workBody(plainWork(work), secrets),
    ...(pattern !== undefined && { schedule: pattern }),
    ...(dayMatch !== undefined && { day_match: dayMatch }),
    timezone,
    ...(runAt !== undefined && { run_at: time(runAt) }),
    ...(startAt !== undefined && { start_at: time(startAt) }),
    ...(endAt !== undefined && { end_at: time(endAt) }),
    concurrency,
    misfire,
    ...(timing.misfireWithinSeconds !== undefined && { misfire_within_seconds: timing.misfireWithinSeconds }),
    jitter_seconds: jitterSeconds,
    ...(rest.after && { after: rest.after }),
    ...(rest.notify && { notify: notifyBody(rest.notify, secrets.notifyUrl) }),
    priority: rest.priority,
    retry_count: rest.retryCount,
    retry_delay_seconds: rest.retryDelaySeconds,
    ...(rest.startWithinSeconds !== undefined && { start_within_seconds: rest.startWithinSeconds }),
    timeout_seconds: rest.timeoutSeconds,
    on_lost: rest.onLost,
    tags: rest.tags ?? [],
    labels: rest.labels,
    keep_runs: rest.keepRuns,
    resources: rest.resources,
  };
}

type WorkBody = {
  [Each in TaskBody as Each['executor']]: Pick<Each, keyof Each & keyof typeof workFields>;
}[TaskBody['executor']];

function workBody(work: PlainWork, secrets: Secrets): WorkBody {
  const { environment, arguments: words, headers, body } = secrets;
  if (work.executor === 'http') {
    const { executor, method, expect } = work;
    return {
      executor,
      url: shownCall(work, secrets),
      method,
      ...(headers && { headers: { ...headers } }),
      ...(body !== undefined && { body }),
      ...(expect && { expect }),
    };
  }
  const { command, workingDirectory } = work;
  const place = {
    ...(workingDirectory !== undefined && { working_directory: workingDirectory }),
    ...(environment && { environment: { ...environment } }),
  };
  if (work.executor === 'shell') return { executor: work.executor, command, ...place };
  const { executor, pythonPath } = work;
  return {
    executor,
    command,
    ...(words && { arguments: [...words] }),
    ...(pythonPath !== undefined && { python_path: pythonPath }),
    ...place,
  };
}

/** Whether the key of a sealed URL no longer exists. */
function isErased({ urlSealed }: HttpWork, secrets: Secrets): boolean {
  return urlSealed === true && secrets.url === undefined;
}

/** Returns the URL of a call as the caller may see it. */
function shownCall({ url, urlSealed }: HttpWork, secrets: Secrets): string {
  if (secrets.url !== undefined) return secrets.url;
  return urlSealed === true || isSecretUrl(url) ? shownUrl({ origin: originOf(url) }, undefined) : url;
}

/** Applies a change to a definition: null removes a field, omitted fields are unchanged, and a new executor drops the previous executor's fields. */
export function changedBody(
  definition: TaskDefinition,
  secrets: TaskSecrets,
  { status: _, ...change }: TaskChange,
): TaskBody {
  const former = Object.entries(bodyOf(definition, secrets));
  const another = change.executor !== undefined && change.executor !== definition.work.executor;
  const { work } = definition;
  if (work.executor === 'http' && !another && change.url === undefined && isErased(work, secrets))
    throw new MusterError('MUSTER_E_INVALID', {
      field: 'url',
      problem: 'can no longer be read, because its key was erased: set it again',
    });
  const kept = another ? former.filter(([field]) => !Object.hasOwn(workFields, field)) : former;
  const merged = Object.entries({ ...Object.fromEntries(kept), ...change }).filter(
    ([, value]) => value !== null && value !== undefined,
  );
  const parsed = taskBody.safeParse(Object.fromEntries(merged));
  if (!parsed.success) throw invalid(parsed.error.issues, 'body');
  return parsed.data;
}

const WIRE_FIELDS: Readonly<Record<string, string>> = {
  pattern: 'schedule',
  runAt: 'run_at',
  startAt: 'start_at',
  endAt: 'end_at',
};

/** Replaces the domain's field names in errors with those of the API. */
export function inWireWords(error: unknown): unknown {
  if (!(error instanceof MusterError) || error.code !== 'MUSTER_E_INVALID') return error;
  const field = WIRE_FIELDS[String(error.fields['field'])];
  return field === undefined ? error : new MusterError('MUSTER_E_INVALID', { ...error.fields, field });
}
