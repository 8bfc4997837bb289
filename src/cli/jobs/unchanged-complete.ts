import type { Api, Cluster } from '../shared/client.js';
import { Refusal } from '../shared/failure.js';
import { getJob } from '../shared/lookup.js';

/** Returns the job if it is complete and a submission would change nothing. `plan` plans the submission. */
export async function unchangedComplete(
  api: Api,
  id: unknown,
  plan: () => Promise<Cluster['JobPlan']>,
): Promise<Cluster['Job'] | undefined> {
  // A job without an id is always new.
  if (typeof id !== 'string' || id === '') return undefined;
  const job = await getJob(api, id).catch((error: unknown) => {
    // The submission says what is wrong with an id, and does not need the read models, which may be unavailable.
    if (error instanceof Refusal) return undefined;
    throw error;
  });
  if (job?.status !== 'complete') return undefined;
  const { change } = await plan();
  return change === 'none' ? job : undefined;
}
