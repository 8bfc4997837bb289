import { hostPortsOf } from '#domain/jobs/job/task-port.js';
import type { TaskSpec } from '../driver.js';
import { gpuNamesOf, taskIdentity } from '../task-identity.js';
import type { TaskUser } from './user.js';

export const TASK_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const SHELL = '/bin/sh';

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
    ...spec.task.env,
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
