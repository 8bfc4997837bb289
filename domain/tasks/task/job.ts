import { CONDA_BACKEND, CONDA_PLATFORM, condaDriver, type CondaRun } from '../../drivers/conda/index.js';
import { execDriver, type ExecConfig } from '../../drivers/exec/index.js';
import { httpDriver, MAX_CALL_SECONDS, type HttpConfig } from '../../drivers/http/index.js';
import { ACCEPTS_TENANTS } from '../../drivers/tenant-refusal.js';
import { pythonDriver, type PythonConfig } from '../../drivers/python/index.js';
import { assertNever } from '../../kernel/errors/index.js';
import type { JobOwner } from '../../jobs/job/events.js';
import type { JobSpecification, Task, TaskGroup } from '../../jobs/job/specification.js';
import { MAX_REPEATED_TEXT, type StoredIn } from '../../jobs/job/stored-in.js';
import { zoneOf } from '../schedule/index.js';
import { attributeOfTag, TAGGED } from '../../nodes/tags.js';
import { SLOTS } from '../../kernel/resources.js';
import { PRIORITIES, type TaskDefinition } from './definition.js';
import type { RunEnding } from './dependencies.js';
import type { Pin } from '../../environments/environment/pin.js';
import type { References } from './references.js';
import { variableNames } from './secrets.js';
import type { OpenRun, PresentTask } from './state.js';
import type { TaskWork } from './work.js';

export const RUN_GROUP = 'run';
export const RUN_TASK = 'main';
export const NO_RESTARTS = { restart: { attempts: 0, delay: 0, mode: 'fail' }, lost: 'fail' } as const;

/** The run of another task that started a run by its end. What is no longer known of it is absent. */
export interface AwaitedRun {
  readonly taskId: number;
  readonly run: number;
  readonly name?: string | undefined;
  readonly status?: RunEnding | undefined;
  readonly exitCode?: number | undefined;
}

/**
 * Returns a run's job: one process or call without restarts. The task decides what to do after a failure or loss, so that each attempt is recorded.
 * `referred`: variables with the current values of secrets, sealed.
 */
export function specificationOf(
  run: OpenRun,
  { taskId, tenantId }: Pick<PresentTask, 'taskId' | 'tenantId'>,
  referred?: string,
  after?: AwaitedRun,
): JobSpecification {
  const { priority, tags = [], resources, work } = run.definition;
  const timeoutSeconds = timeLimitOf(run.definition);
  const task: Task = {
    name: RUN_TASK,
    ...programOf(run, { taskId, tenant: tenantId, referred, after }),
    resources: { [SLOTS]: 1, ...resources },
    ...(timeoutSeconds > 0 && { max_run_seconds: timeoutSeconds }),
  };
  const constraints = [
    ...(work.executor === 'http' ? [] : [ACCEPTS_TENANTS]),
    ...(run.pin === undefined ? [] : builderConstraints(run.pin)),
    ...tags.map((tag) => ({ attribute: attributeOfTag(tag), operator: '=' as const, value: TAGGED })),
  ];
  const group = {
    name: RUN_GROUP,
    tasks: [task],
    ...(constraints.length > 0 && { constraints }),
    ...NO_RESTARTS,
  };
  return { task_groups: [group], priority: PRIORITIES[priority] };
}

/** Seconds per attempt. 0 means unlimited. Stored definitions may have a longer limit than is allowed for HTTP calls. */
function timeLimitOf({ timeoutSeconds, work }: TaskDefinition): number {
  if (work.executor !== 'http') return timeoutSeconds;
  return timeoutSeconds > 0 ? Math.min(timeoutSeconds, MAX_CALL_SECONDS) : MAX_CALL_SECONDS;
}

function builderConstraints({ platform, backend }: Pin): NonNullable<TaskGroup['constraints']> {
  return [
    { attribute: CONDA_PLATFORM, operator: '=', value: platform },
    { attribute: CONDA_BACKEND, operator: backend === 'venv' ? '=' : '!=', value: 'venv' },
  ];
}

export function runInputsOf({
  definition: { work },
  sealedEnvironment = work.sealedEnvironment,
  references = work.references,
}: OpenRun): {
  readonly sealedEnvironment?: string | undefined;
  readonly references?: References | undefined;
} {
  return { sealedEnvironment, references };
}

export function ownerOf({ tenantId, createdBy, definition: { work } }: PresentTask): JobOwner {
  return { surface: work.executor === 'conda' ? 'conda' : 'tasks', tenant: tenantId, principal: createdBy };
}

/** Returns the revision of the task's event that holds a long environment, or undefined if the environment is short or there is none. */
export function environmentEvent(run: OpenRun): number | undefined {
  if ((runInputsOf(run).sealedEnvironment?.length ?? 0) <= MAX_REPEATED_TEXT) return undefined;
  return run.sealedEnvironment === undefined ? run.definedAt : run.environmentAt;
}

interface RunSource {
  readonly taskId: number;
  readonly tenant: string;
  readonly referred: string | undefined;
  readonly after: AwaitedRun | undefined;
}

function programOf(
  run: OpenRun,
  { taskId, tenant, referred, after }: RunSource,
): Pick<Task, 'driver' | 'config' | 'env' | 'sealed_env' | 'stored_in'> {
  const environment = environmentEvent(run);
  const sealed = referred ?? (environment === undefined ? runInputsOf(run).sealedEnvironment : undefined);
  const { config, ...rest } = driverOf(run, { taskId, tenant, after });
  const left = withoutLongText(run.definition.work, config);
  const stored: StoredIn = {
    task: taskId,
    ...(environment !== undefined && { environment }),
    ...(left !== config && { program: run.definedAt }),
  };
  const isStored = environment !== undefined || left !== config;
  return {
    ...rest,
    config: left,
    ...(sealed !== undefined && { sealed_env: sealed }),
    ...(isStored && { stored_in: stored }),
  };
}

function withoutLongText(work: TaskWork, config: Task['config']): Task['config'] {
  const field = programField(work);
  if (field === undefined || (longTextOf(work)?.length ?? 0) <= MAX_REPEATED_TEXT) return config;
  const { [field]: _text, ...rest } = config;
  return rest;
}

export function withStoredProgram(config: Task['config'], work: TaskWork): Task['config'] {
  if (work.executor === 'shell') return { ...config, command: work.command };
  return work.executor === 'conda' ? { ...config, script: work.script } : config;
}

function programField({ executor }: TaskWork): 'command' | 'script' | undefined {
  return executor === 'shell' ? 'command' : executor === 'conda' ? 'script' : undefined;
}

function longTextOf(work: TaskWork): string | undefined {
  if (work.executor === 'shell') return work.command;
  return work.executor === 'conda' && 'content' in work.script ? work.script.content : undefined;
}

function driverOf(
  run: OpenRun,
  { taskId, tenant, after }: Omit<RunSource, 'referred'>,
): Pick<Task, 'driver' | 'config' | 'env'> {
  const { work } = run.definition;
  const env = { ...runVariables(run, taskId), ...(after && awaitedVariables(after)) };
  switch (work.executor) {
    case 'shell': {
      const config: ExecConfig = {
        command: work.command,
        tenant,
        give_output: true,
        ...(work.workingDirectory !== undefined && { work_dir: work.workingDirectory }),
      };
      return { driver: execDriver.name, config, env };
    }
    case 'python': {
      const { command, pythonPath, workingDirectory } = work;
      const config: PythonConfig = {
        command,
        tenant,
        give_output: true as const,
        arguments: texts(variableNames.arguments(run.arguments ?? work.arguments)),
        ...(pythonPath !== undefined && { python_path: pythonPath }),
        ...(workingDirectory !== undefined && { working_directory: workingDirectory }),
      };
      return { driver: pythonDriver.name, config, env };
    }
    case 'conda': {
      if (run.pin === undefined) throw new Error('a conda run was started without an environment');
      const config: CondaRun = {
        action: 'run',
        lock: run.pin.lock,
        script: work.script,
        tenant,
        give_output: true,
      };
      return { driver: condaDriver.name, config, env };
    }
    case 'http': {
      const { url, urlSealed, method, headers, bodyPieces, expect } = work;
      const values = texts(variableNames.headers(headers.length));
      const config: HttpConfig = {
        url: urlSealed === true ? { env: variableNames.url } : url,
        method,
        ...(headers.length > 0 && {
          headers: Object.fromEntries(headers.map((name, index) => [name, values[index] ?? ''])),
        }),
        ...(bodyPieces > 0 && { body: texts(variableNames.body(bodyPieces)) }),
        ...(expect && { expect }),
      };
      return { driver: httpDriver.name, config };
    }
    default:
      return assertNever(work);
  }
}

/** `TZ` is set only for a zone other than the default, because the commands of other tasks may rely on the zone of their machine. */
function runVariables(
  { trigger, slot, attempt, run, definition: { name, timing } }: OpenRun,
  taskId: number,
): Readonly<Record<string, string>> {
  const { timezone } = timing;
  return {
    MUSTER_TASK_ID: String(taskId),
    MUSTER_TASK_NAME: name,
    MUSTER_RUN: String(run),
    MUSTER_TRIGGER: trigger,
    MUSTER_ATTEMPT: String(attempt),
    ...(slot !== null && {
      MUSTER_SLOT: new Date(slot).toISOString().replace('.000Z', 'Z'),
      MUSTER_SLOT_LOCAL: localTime(timezone, slot),
    }),
    ...(timezone !== 'UTC' && { TZ: timezone }),
  };
}

function awaitedVariables({ taskId, run, name, status, exitCode }: AwaitedRun): Record<string, string> {
  return {
    MUSTER_AFTER_TASK_ID: String(taskId),
    MUSTER_AFTER_RUN: String(run),
    ...(name !== undefined && { MUSTER_AFTER_TASK_NAME: name }),
    ...(status !== undefined && { MUSTER_AFTER_STATUS: status }),
    ...(exitCode !== undefined && { MUSTER_AFTER_EXIT_CODE: String(exitCode) }),
  };
}

/** Returns the time in the zone with its offset, such as `2026-10-25T00:30:00+02:00`. */
function localTime(timezone: string, at: number): string {
  const wall = zoneOf(timezone)?.wallAt(at) ?? at;
  const minutes = Math.round((wall - at) / 60_000);
  const two = (value: number): string => String(Math.trunc(value)).padStart(2, '0');
  const offset = `${minutes < 0 ? '-' : '+'}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`;
  return new Date(wall).toISOString().replace(/(\.000)?Z$/, offset);
}

function texts(names: readonly string[]): { env: string }[] {
  return names.map((env) => ({ env }));
}
