import type { Cluster } from '../shared/client.js';

/** Statuses of jobs that run nothing any more. */
export const JOB_ENDED: ReadonlySet<Cluster['Job']['status']> = new Set(['complete', 'failed', 'dead']);
