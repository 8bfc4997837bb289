import type { TaskSpec } from './driver.js';

/** What every task is told of itself, whatever its driver. `port` is the one that it should listen on. */
export function taskIdentity(spec: TaskSpec, port: number | undefined): Record<string, string> {
  const hostPort = spec.task.ports?.[0]?.host;
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
