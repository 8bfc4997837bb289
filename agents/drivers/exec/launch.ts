import path from 'node:path';
import type { ExecConfig } from '#domain/drivers/exec/index.js';
import { bootId } from '../../boot-id.js';
import type { TaskSpec } from '../driver.js';
import type { TaskCgroup } from './cgroup.js';
import { gpuNamesOf } from '../task-identity.js';
import { ASSIGNED_GPUS, nameEnvironment, processEnvironment, TASK_PATH } from './environment.js';
import { interpreterOf, scriptFile } from './script.js';
import type { TaskUser } from './user.js';

export interface TaskPaths {
  readonly state: string;
  readonly local: string;
  readonly temporary: string;
  readonly logs: string;
}

export function placesOf(spec: TaskSpec): TaskPaths {
  const at = (name: string): string => path.join(spec.directory, name);
  return { state: at('state'), local: at('local'), temporary: at('tmp'), logs: at('logs') };
}

/** Two logs may have the same allocation ids. Names of tasks contain no @. */
export function cgroupName({ allocationId, task, log }: TaskSpec): string {
  return `${allocationId}.${task.name}${log === undefined ? '' : `@${log}`}`;
}

/** Returns what the name of a cgroup says about its task. */
export function partsOfCgroupName(name: string): {
  readonly allocationId: string;
  readonly log: string | undefined;
} {
  const [task = '', log] = name.split('@');
  return { allocationId: task.split('.')[0] ?? '', log };
}

/** Returns the number of cgroup files, followed by their paths. */
export function joinWords(cgroup: TaskCgroup | undefined): string[] {
  const files = cgroup?.joinFiles ?? [];
  return [String(files.length), ...files];
}

export function programWords(spec: TaskSpec<ExecConfig>, user: TaskUser): string[] {
  const { args, command } = spec.config;
  const interpreter = interpreterOf(spec.config);
  if (interpreter !== undefined) {
    const [program, ...words] = interpreter;
    return [entriesOf(spec, user), ...escapedWords(program, [...words, scriptFile(spec)])];
  }
  return args === undefined
    ? [entriesOf(spec, user), '/bin/sh', '-c', command]
    : [entriesOf(spec, user), ...escapedWords(command, args)];
}

export function entriesOf(spec: TaskSpec, { name }: TaskUser): string {
  const { local, temporary } = placesOf(spec);
  return [
    '-i',
    ...Object.keys(processEnvironment(spec, local, temporary, name)).map((_, index) => `\${E${index}}`),
  ].join(' ');
}

/** Wraps a program whose name contains an equals sign, because env(1) would interpret the name as a variable. */
export function escapedWords(command: string, args: readonly string[]): string[] {
  return command.includes('=') ? ['/bin/sh', '-c', 'exec "$@"', 'sh', command, ...args] : [command, ...args];
}

/** `processes`: limit for all of the user's processes on this host, for use if no cgroup counts them. The agent's own user is never limited. */
export function launchEnvironment(
  spec: TaskSpec<Pick<ExecConfig, 'work_dir'>>,
  user: TaskUser,
  processes: number | undefined,
): Record<string, string> {
  const { local, temporary } = placesOf(spec);
  const entries = Object.entries(processEnvironment(spec, local, temporary, user.name));
  return {
    ...nameEnvironment(user, local),
    PATH: TASK_PATH,
    MUSTER_S_BOOT: bootId,
    MUSTER_S_USER: user.options,
    MUSTER_S_UMASK: user.umask,
    ...(spec.config.work_dir !== undefined && { MUSTER_S_FOLDER: spec.config.work_dir }),
    ...(processes !== undefined &&
      user.owner !== undefined && { MUSTER_S_LIMIT: `prlimit --nproc=${processes}` }),
    ...Object.fromEntries(entries.map(([name, value], index) => [`E${index}`, `${name}=${value}`])),
    // If the agent's directory is lost, its next start finds the process by these, and the GPUs that it holds.
    MUSTER_ALLOC_ID: spec.allocationId,
    MUSTER_NODE_ID: spec.nodeId,
    MUSTER_LOG_ID: spec.log ?? '',
    ...(spec.gpuDevices.length > 0 && { [ASSIGNED_GPUS]: gpuNamesOf(spec).join(',') }),
  };
}
