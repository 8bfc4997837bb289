import { DEFAULT_UPDATE } from '../job/update.js';
import { volumesOf } from '../job/volume.js';
import type { RolloutPlan, ServiceVersion } from './events.js';

type Planned = Pick<ServiceVersion, 'config' | 'work'>;

/** How a version takes over from what runs. A first one has nobody to give way to, and begins whole. */
export function planOf(version: Planned, others: readonly Planned[]): RolloutPlan {
  const { count = 1, update } = version.config;
  return {
    count,
    maxParallel: others.length === 0 ? count : Math.min(count, update?.max_parallel ?? DEFAULT_UPDATE.maxParallel),
    minHealthySeconds: update?.min_healthy_seconds ?? DEFAULT_UPDATE.minHealthySeconds,
    progressDeadlineSeconds: update?.progress_deadline_seconds ?? DEFAULT_UPDATE.progressDeadlineSeconds,
    stopFirst: [version, ...others].some(holdsVolumes),
  };
}

/** Whether two instances may not be at the same time: both would write to the same folder. */
export function holdsVolumes({ work }: Pick<ServiceVersion, 'work'>): boolean {
  return volumesOf(work.tasks).some(({ writable }) => writable);
}
