import path from 'node:path';
import type { ExecConfig } from '#domain/drivers/exec/index.js';
import { bootId } from '../../boot-id.js';
import type { TaskSpec } from '../driver.js';
import type { TaskCgroup } from './cgroup.js';
import { processEnvironment, TASK_PATH } from './environment.js';
import type { TaskUser } from './user.js';

/** Where a task's files are. */
export interface Places {
  readonly state: string;
  readonly local: string;
  readonly temporary: string;
  readonly logs: string;
}

export function placesOf(spec: TaskSpec): Places {
  const at = (name: string): string => path.join(spec.directory, name);
  return { state: at('state'), local: at('local'), temporary: at('tmp'), logs: at('logs') };
}

export function cgroupName(spec: TaskSpec): string {
  return `${spec.allocationId}.${spec.task.name}`;
}

/** How many files there are to join the group by, and these. */
export function joinWords(cgroup: TaskCgroup | undefined): string[] {
  const files = cgroup?.joinFiles ?? [];
  return [String(files.length), ...files];
}

/** The words after the cgroups: which variables are the task's environment entries, then the task's own program. */
export function programWords(spec: TaskSpec<ExecConfig>): string[] {
  const { args, command } = spec.config;
  return args === undefined ? [entriesOf(spec), '/bin/sh', '-c', command] : [entriesOf(spec), ...givenWords(command, args)];
}

/** Text for `env -S` that names the variables of {@link launchEnvironment}. */
export function entriesOf(spec: TaskSpec): string {
  const { local, temporary } = placesOf(spec);
  return ['-i', ...Object.keys(processEnvironment(spec, local, temporary)).map((_, index) => `\${E${index}}`)].join(' ');
}

/** A program and its arguments, for env(1): it would take a program with an equals sign for one more entry. */
export function givenWords(command: string, args: readonly string[]): string[] {
  return command.includes('=') ? ['/bin/sh', '-c', 'exec "$@"', 'sh', command, ...args] : [command, ...args];
}

/** `processes`: of all that its user has on this host, where no group of its own counts them; the agent's own user is never bound. */
export function launchEnvironment(spec: TaskSpec, user: TaskUser, processes: number | undefined): Record<string, string> {
  const { local, temporary } = placesOf(spec);
  const entries = Object.entries(processEnvironment(spec, local, temporary));
  return {
    PATH: TASK_PATH,
    MUSTER_S_BOOT: bootId,
    MUSTER_S_USER: user.options,
    MUSTER_S_UMASK: user.umask,
    ...(processes !== undefined && user.owner !== undefined && { MUSTER_S_LIMIT: `prlimit --nproc=${processes}` }),
    ...Object.fromEntries(entries.map(([name, value], index) => [`E${index}`, `${name}=${value}`])),
  };
}
