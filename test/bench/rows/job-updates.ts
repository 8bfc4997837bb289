import { setTimeout as pause } from 'node:timers/promises';
import type { Api } from '../../fixtures/api.js';
import { job } from '../../fixtures/jobs.js';

/** Jobs that the lag rows update in turn. */
export const JOBS = 100;
/** Minimum figure for a GET that did not show the update within the half second that it waits. */
export const NOT_SHOWN_MS = 1_000;

/** Warm-up at the same pace, which compiles code and fills caches, as in the `commands` row. */
export const WARM_UP_SECONDS = 20;

/** Returns the body of the `place`-th update. Each has a different specification. */
export function updateOf(jobId: string, place: number): Record<string, unknown> {
  const { job_id: _id, ...body } = job(jobId, { command: `sleep ${place}`, cpu: 1, memory: 1 });
  return body;
}

/** Waits until turn number `turn` of an even pace is due. */
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
