import { setTimeout as pause } from 'node:timers/promises';
import type { Api } from '../../fixtures/api.js';
import { job } from '../../fixtures/jobs.js';

/** Jobs that the lag's rows update, one after the other. */
export const JOBS = 100;
/** What a look counts at least that did not see it within the half second that a GET waits. */
export const NOT_SHOWN_MS = 1_000;

/** So many seconds at the same pace warm up what is measured: programs are compiled, caches filled. The commands' row has the same reason. */
export const WARM_UP_SECONDS = 20;

/** What a PUT of the job says the `place`-th time: each is another specification. */
export function updateOf(jobId: string, place: number): Record<string, unknown> {
  const { job_id: _id, ...body } = job(jobId, { command: `sleep ${place}`, cpu: 1, memory: 1 });
  return body;
}

/** Waits until the `turn`-th of an even pace is due, where that is not now. */
export async function due(began: number, turn: number, aSecond: number): Promise<void> {
  const ahead = began + (1000 * turn) / aSecond - performance.now();
  if (ahead > 1) await pause(ahead);
}

/** Milliseconds from `sent` until a GET of the job shows the position. */
export async function untilShown(api: Api, jobId: string, position: string, sent: number): Promise<number> {
  const shown = await api.get(`/jobs/${jobId}`, { headers: { 'x-muster-min-position': position } });
  const taken = performance.now() - sent;
  return shown.status === 200 && shown.headers['x-muster-stale'] === undefined
    ? taken
    : Math.max(taken, NOT_SHOWN_MS);
}
