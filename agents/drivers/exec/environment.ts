import { hostPortsOf } from '#domain/jobs/job/task-port.js';
import type { TaskSpec } from '../driver.js';
import { gpuNamesOf, taskIdentity } from '../task-identity.js';
import type { TaskUser } from './user.js';

export const TASK_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const SHELL = '/bin/sh';

/** Variables of the supervisor. A task's `env` cannot set them, so that its processes are not taken for supervisors. */
const SUPERVISOR_VARIABLES = 'MUSTER_S_';

/** Names the GPUs of a supervisor's task, which a later agent reads. The task's own variables do not, because its `env` can contain them. */
export const ASSIGNED_GPUS = `${SUPERVISOR_VARIABLES}GPUS`;

/** `name`: the name of a tenant's user. Other users have only the variables that they always had. */
export function processEnvironment(
  spec: TaskSpec,
  home: string,
  temporary: string,
  name: string | undefined,
): Record<string, string> {
  return {
    PATH: TASK_PATH,
    HOME: home,
    TMPDIR: temporary,
    LANG: 'C.UTF-8',
    ...(name !== undefined && { USER: name, LOGNAME: name, SHELL }),
    ...(spec.gpuDevices.length === 0 ? {} : { CUDA_VISIBLE_DEVICES: gpuNamesOf(spec).join(',') }),
    ...Object.fromEntries(
      Object.entries(spec.task.env ?? {}).filter(([variable]) => !variable.startsWith(SUPERVISOR_VARIABLES)),
    ),
    ...taskIdentity(
      spec,
      hostPortsOf(spec.task).map((host) => ({ container: host, host })),
    ),
  };
}

/** Returns variables that make a supervisor add the user's name to its own passwd and group. A line of passwd can hold no home with a colon. */
export function nameEnvironment({ name, owner }: TaskUser, home: string): Record<string, string> {
  if (name === undefined || owner === undefined) return {};
  const folder = /[:\n]/.test(home) ? '/' : home;
  return {
    MUSTER_S_PASSWD: [name, 'x', owner.uid, owner.gid, '', folder, SHELL].join(':'),
    MUSTER_S_GROUP: [name, 'x', owner.gid, ''].join(':'),
  };
}
