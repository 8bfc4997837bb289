import type { Command } from 'commander';
import { bodyOf } from '../client.js';
import { onJob } from '../lookup.js';
import { connect, remote, type RemoteOptions } from '../options.js';
import { printJson, printLines } from '../output.js';
import { jobDeploymentTable } from '../views/job-deployments.js';

export function addJobDeploymentCommands(job: Command): void {
  remote(job.command('deployments <job>'))
    .description('list the deployments of a job with an update policy, newest first, with their progress and why they ended')
    .action(deployments);
}

async function deployments(given: string, options: RemoteOptions): Promise<void> {
  const { api, format } = connect(options);
  const body = await onJob(api, given, async (id) => await bodyOf(api.GET('/jobs/{job_id}/deployments', { params: { path: { job_id: id } } })));
  if (format === 'json') printJson(body);
  else printLines(jobDeploymentTable(body));
}
