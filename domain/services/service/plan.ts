import { DEFAULT_UPDATE } from '../../jobs/job/update.js';
import { volumesOf } from '../../jobs/job/volume.js';
import type { RolloutPlan, ServiceVersion } from './events.js';

type Planned = Pick<ServiceVersion, 'config' | 'work'>;

/** Plans how a version replaces the previous one. The first version starts all instances at the same time. */
export function planOf(version: Planned, others: readonly Planned[]): RolloutPlan {
  const { count = 1, update } = version.config;
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
