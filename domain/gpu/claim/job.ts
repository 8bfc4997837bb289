import { dockerDriver, type DockerConfig } from '../../drivers/docker/index.js';
import type { JobOwner } from '../../jobs/job/events.js';
import type { JobSpecification } from '../../jobs/job/specification.js';
import { reachedAt } from '../../jobs/job/task-port.js';
import type { GpuClaim } from './events.js';

export const CLAIM_GROUP = 'claim';
export const CLAIM_TASK = 'main';

/**
 * Returns the job of a claim: one container with whole devices. It has a terminal and open stdin, so that an image whose command is a shell runs
 * until the claim is released. If its node is lost, it is placed on a different node.
 */
export function specificationOf({
  image,
  command,
  args,
  ports,
  sealedEnv,
  gpuCount,
  cpu,
  memory,
  shm_size,
}: GpuClaim): JobSpecification {
  const resources = { cpu: cpu * gpuCount, memory: memory * gpuCount, gpus: gpuCount };
  const config: DockerConfig = {
    image,
    ...(command !== undefined && { command }),
    ...(args && { args }),
    ...(shm_size !== undefined && { shm_size }),
    tty: true,
    open_stdin: true,
  };
  const sealed = sealedEnv === undefined ? {} : { sealed_env: sealedEnv };
  const task = {
    name: CLAIM_TASK,
    driver: dockerDriver.name,
    config,
    ...reachedAt(ports),
    ...sealed,
    resources,
  };
  return { task_groups: [{ name: CLAIM_GROUP, tasks: [task], lost: 'replace' }] };
}

export function ownerOf({ userId, tenantId }: GpuClaim): JobOwner {
  return { surface: 'gpu', tenant: tenantId, principal: userId };
}
