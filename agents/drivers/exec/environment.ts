import type { TaskSpec } from '../driver.js';

/** Where programs are looked for; the same whatever started the agent. */
export const TASK_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** What every task is told of itself, whatever its driver. `port` is the one that it should listen on. */
export function taskIdentity(spec: TaskSpec, port: number | undefined): Record<string, string> {
  const hostPort = spec.task.config.port;
  return {
    MUSTER_ALLOC_ID: spec.allocationId,
    MUSTER_JOB_ID: spec.jobId,
    MUSTER_GROUP: spec.group,
    MUSTER_TASK: spec.task.name,
    MUSTER_NODE_ID: spec.nodeId,
    ...(port === undefined ? {} : { MUSTER_PORT: String(port) }),
    ...(hostPort === undefined ? {} : { MUSTER_HOST_PORT: String(hostPort) }),
    ...(spec.gpuDevices.length === 0 ? {} : { MUSTER_GPUS: spec.gpuDevices.join(',') }),
  };
}

/** The whole environment of a process: nothing of the agent's own, then the task's, then what names it. */
export function processEnvironment(spec: TaskSpec, home: string, temporary: string): Record<string, string> {
  return {
    PATH: TASK_PATH,
    HOME: home,
    TMPDIR: temporary,
    LANG: 'C.UTF-8',
    ...(spec.gpuDevices.length === 0 ? {} : { CUDA_VISIBLE_DEVICES: spec.gpuDevices.join(',') }),
    ...spec.task.env,
    ...taskIdentity(spec, spec.task.config.port),
  };
}
