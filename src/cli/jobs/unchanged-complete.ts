import type { Api, Cluster } from '../shared/client.js';
import { getJob } from '../shared/lookup.js';

/** Returns the job if it is complete and a submission would change nothing but run it again, which Nomad does not do. `plan`: of the submission. */
export async function unchangedComplete(
  api: Api,
  { job_id: id, change, changes }: Cluster['JobPlan'],
): Promise<Cluster['Job'] | undefined> {
  if (change !== 'restart' || changes.length > 0) return undefined;
  const job = await getJob(api, id);
  return job.status === 'complete' ? job : undefined;
}
