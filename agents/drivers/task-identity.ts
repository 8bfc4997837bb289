import type { AssignedPort } from '#domain/jobs/job/task-port.js';
import type { TaskSpec } from './driver.js';

export function gpuNamesOf({ gpuDevices, gpuNames }: TaskSpec): string[] {
  return [...(gpuNames ?? gpuDevices.map(String))];
}

/** Environment variables that identify a task, for every driver. The task should listen on the `container` ports; the first is `MUSTER_PORT`. */
export function taskIdentity(spec: TaskSpec, ports: readonly AssignedPort[]): Record<string, string> {
  const [first] = ports;
  return {
    MUSTER_ALLOC_ID: spec.allocationId,
    MUSTER_JOB_ID: spec.jobId,
    MUSTER_GROUP: spec.group,
    MUSTER_TASK: spec.task.name,
    MUSTER_NODE_ID: spec.nodeId,
    // Empty if it is unknown, so that the `env` of the task cannot name another log.
    MUSTER_LOG_ID: spec.log ?? '',
    ...(first === undefined
      ? {}
      : { MUSTER_PORT: String(first.container), MUSTER_HOST_PORT: String(first.host) }),
    ...Object.fromEntries(ports.map(({ container, host }) => [`MUSTER_PORT_${container}`, String(host)])),
    ...(spec.gpuDevices.length === 0
      ? {}
      : { MUSTER_GPUS: spec.gpuDevices.join(','), MUSTER_GPU_UUIDS: gpuNamesOf(spec).join(',') }),
  };
}
