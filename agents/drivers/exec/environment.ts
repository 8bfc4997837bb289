import { hostPortsOf } from '#domain/job/task-port.js';
import type { TaskSpec } from '../driver.js';
import { gpuNamesOf, taskIdentity } from '../task-identity.js';

/** Where programs are looked for; the same whatever started the agent. */
export const TASK_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The whole environment of a process: nothing of the agent's own, then the task's, then what names it. */
export function processEnvironment(spec: TaskSpec, home: string, temporary: string): Record<string, string> {
  return {
    PATH: TASK_PATH,
    HOME: home,
    TMPDIR: temporary,
    LANG: 'C.UTF-8',
    ...(spec.gpuDevices.length === 0 ? {} : { CUDA_VISIBLE_DEVICES: gpuNamesOf(spec).join(',') }),
    ...spec.task.env,
    ...taskIdentity(
      spec,
      hostPortsOf(spec.task).map((host) => ({ container: host, host })),
    ),
  };
}
