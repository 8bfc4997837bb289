import { hostPortsOf } from '#domain/jobs/job/task-port.js';
import type { TaskSpec } from '../driver.js';
import { gpuNamesOf, taskIdentity } from '../task-identity.js';

export const TASK_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

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
