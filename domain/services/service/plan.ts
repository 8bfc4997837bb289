import { DEFAULT_UPDATE } from '../../jobs/job/update.js';
import { volumesOf } from '../../jobs/job/volume.js';
import type { StoredConfig } from './config.js';
import type { RolloutPlan, ServiceVersion } from './events.js';

type Planned = Pick<ServiceVersion, 'config' | 'work' | 'inherited'>;

/** Returns the number of instances and the update policy of a version: its own, otherwise those of its template or job file. */
export function instancesOf({
  config,
  inherited = {},
}: Pick<ServiceVersion, 'config' | 'inherited'>): Pick<StoredConfig, 'count' | 'update'> {
  const { count = inherited.count, update = inherited.update } = config;
  return { ...(count !== undefined && { count }), ...(update !== undefined && { update }) };
}

/** Plans how a version replaces the previous one. The first version starts all instances at the same time. */
export function planOf(version: Planned, others: readonly Planned[]): RolloutPlan {
  const { count = 1, update } = instancesOf(version);
  return {
    count,
    maxParallel:
      others.length === 0 ? count : Math.min(count, update?.max_parallel ?? DEFAULT_UPDATE.maxParallel),
    minHealthySeconds: update?.min_healthy_seconds ?? DEFAULT_UPDATE.minHealthySeconds,
    progressDeadlineSeconds: update?.progress_deadline_seconds ?? DEFAULT_UPDATE.progressDeadlineSeconds,
    stopFirst: [version, ...others].some(holdsVolumes),
  };
}

/** Two instances that write to the same directory must not run at the same time. */
export function holdsVolumes({ work }: Pick<ServiceVersion, 'work'>): boolean {
  return volumesOf(work.tasks).some(({ writable }) => writable);
}
