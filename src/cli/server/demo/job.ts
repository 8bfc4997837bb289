import { bodyOf, textOf, type Api, type Cluster } from '../../shared/client.js';
import { Failure } from '../../shared/failure.js';
import { getJob } from '../../shared/lookup.js';
import { eventsNow, say, sayEvents, sayLog, until } from './steps.js';

type Job = Cluster['Job'];

const ENDED = new Set(['complete', 'failed', 'dead']);

export async function showJob(api: Api, file: string, job: Cluster['JobSubmission']): Promise<void> {
  const body = await bodyOf(api.POST('/jobs', { body: job }));
  say(`\nSubmitted ${file} as job ${body.job_id}, evaluation ${body.evaluation_id}`);
  const ended = await follow(api, body.job_id);
  await showLogs(api, ended);
  await showEvents(api, body.job_id);
  if (ended.status !== 'complete') throw new Failure(`the job ended ${ended.status}`);
}

async function follow(api: Api, id: string): Promise<Job> {
  let shown = '';
  return await until(async () => {
    const job = await getJob(api, id);
    const states = [
      `job ${job.status}`,
      ...job.allocations.map(
        (allocation) => `allocation ${allocation.allocation_id.slice(0, 8)} ${allocation.status}`,
      ),
    ].join(', ');
    if (states !== shown) say(`  ${states}`);
    shown = states;
    return ENDED.has(job.status) ? job : undefined;
  }, 'the job did not end');
}

async function showLogs(api: Api, job: Job): Promise<void> {
  for (const allocation of job.allocations) {
    for (const task of Object.keys(allocation.tasks ?? {})) {
      const path = { job_id: job.job_id, allocation_id: allocation.allocation_id };
      const answer = api.GET('/jobs/{job_id}/allocations/{allocation_id}/logs', {
        params: { path, query: { task } },
        parseAs: 'stream',
      });
      await sayLog(`Log of ${job.job_id}/${allocation.task_group}/${task}`, textOf(answer));
    }
  }
}

async function showEvents(api: Api, id: string): Promise<void> {
  const events = await until(async () => {
    const found = await eventsNow(api, { job: id });
    return found.some((event) => event.type === 'JobFinished') ? found : undefined;
  }, 'the scheduler did not process the end of the job');
  sayEvents(events);
}
