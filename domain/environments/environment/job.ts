import { condaDriver, type CondaBuild } from '../../drivers/conda/index.js';
import { ACCEPTS_TENANTS } from '../../drivers/tenant-refusal.js';
import type { JobOwner } from '../../jobs/job/events.js';
import type { JobSpecification } from '../../jobs/job/specification.js';
import { NO_PACKAGES, requestedAfter } from './change.js';
import { currentOf, type OpenBuild, type PresentEnvironment } from './state.js';

export const BUILD_GROUP = 'build';
export const BUILD_TASK = 'main';
/** Timeout of a build in seconds. */
export const MAX_BUILD_SECONDS = 3600;
export const BUILD_RESOURCES = { cpu: 500, memory: 1024 };

/**
 * Returns a build's job: one process of the tenant that starts from the current generation. It is not restarted. If its node is lost, it runs on a
 * different node.
 */
export function specificationOf(
  environment: PresentEnvironment,
  { change, plan }: OpenBuild,
): JobSpecification {
  const current = currentOf(environment);
  const { specs, pip, channels = [] } = requestedAfter(current?.wanted ?? NO_PACKAGES, change);
  const config: CondaBuild = {
    action: 'build',
    specs: [...specs],
    pip: [...pip],
    channels: [...channels],
    tenant: environment.tenantId,
    ...(change.kind === 'lock' && { lock: change.lock }),
    ...(plan && { plan }),
    ...(change.kind !== 'lock' &&
      change.kind !== 'create' &&
      current !== undefined && { base: current.lock }),
  };
  const task = {
    name: BUILD_TASK,
    driver: condaDriver.name,
    config,
    resources: BUILD_RESOURCES,
    max_run_seconds: MAX_BUILD_SECONDS,
  };
  return {
    task_groups: [
      {
        name: BUILD_GROUP,
        tasks: [task],
        constraints: [ACCEPTS_TENANTS],
        restart: { attempts: 0, delay: 0, mode: 'fail' },
        lost: 'replace',
      },
    ],
  };
}

export function ownerOf({ tenantId }: PresentEnvironment, { requestedBy }: OpenBuild): JobOwner {
  return { surface: 'conda', tenant: tenantId, principal: requestedBy };
}
