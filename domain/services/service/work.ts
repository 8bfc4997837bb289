import type { TaskCheck } from '../../jobs/job/check.js';
import { dockerDriver, type DockerConfig } from '../../drivers/docker/index.js';
import type { Task, TaskGroup } from '../../jobs/job/specification.js';
import { reachedAt } from '../../jobs/job/task-port.js';
import type { TaskVolume } from '../../jobs/job/volume.js';
import { DEFAULT_SERVICE_RESOURCES, type ServiceConfig } from './config.js';
import { serviceVolumeOf } from './identifier.js';
import { SERVICE_GROUP } from './deployment-decision.js';

export const SERVICE_TASK = 'main';

export type WholeConfig = Omit<ServiceConfig, 'environment' | 'custom_variables' | 'nomad_job_file'> & {
  readonly image: string;
};

export function workOf(serviceId: string, config: WholeConfig, sealedEnv: string | undefined): TaskGroup {
  const {
    image,
    command,
    args,
    resources,
    ports,
    health,
    restart,
    reschedule,
    volumes,
    kill_timeout,
    shm_size,
  } = config;
  const driver: DockerConfig = {
    image,
    ...(command !== undefined && { command }),
    ...(args !== undefined && { args }),
    ...(shm_size !== undefined && { shm_size }),
  };
  const {
    cpu = DEFAULT_SERVICE_RESOURCES.cpu,
    memory = DEFAULT_SERVICE_RESOURCES.memory,
    disk,
  } = resources ?? {};
  const taken = { cpu, memory, ...(disk !== undefined && { disk }) };
  const task: Task = {
    name: SERVICE_TASK,
    driver: dockerDriver.name,
    config: driver,
    resources: taken,
    ...(kill_timeout !== undefined && { kill_timeout }),
    ...(sealedEnv !== undefined && { sealed_env: sealedEnv }),
    ...reachedAt(ports),
    ...(volumes !== undefined &&
      volumes.length > 0 && { volumes: volumes.flatMap((volume) => mountOf(serviceId, volume)) }),
    ...(health !== undefined && { checks: [checkOf(health, ports)] }),
  };
  return {
    name: SERVICE_GROUP,
    tasks: [task],
    ...(restart !== undefined && { restart }),
    ...(reschedule !== undefined && { reschedule }),
  };
}

/** Mounts the service's own volume, or one that a different service left behind. A complete configuration has all paths. */
function mountOf(
  serviceId: string,
  { name, path, from }: NonNullable<ServiceConfig['volumes']>[number],
): TaskVolume[] {
  return path === undefined ? [] : [{ name: from ?? serviceVolumeOf(serviceId, name), path }];
}

function checkOf(health: NonNullable<ServiceConfig['health']>, ports: ServiceConfig['ports']): TaskCheck {
  const { type, port = ports?.[0], path, command, interval_seconds, timeout_seconds, grace_seconds } = health;
  return {
    type,
    ...(type !== 'exec' && port !== undefined && { port }),
    ...(path !== undefined && { path }),
    ...(command !== undefined && { command }),
    ...(interval_seconds !== undefined && { interval_seconds }),
    ...(timeout_seconds !== undefined && { timeout_seconds }),
    ...(grace_seconds !== undefined && { grace_seconds }),
  };
}
