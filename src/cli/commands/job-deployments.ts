import type { Command } from 'commander';
import { bodyOf } from '../client.js';
import { onJob } from '../lookup.js';
import { connect, remote, type RemoteOptions } from '../options.js';
import { printJson, printLines } from '../output.js';
import { jobDeploymentTable } from '../views/job-deployments.js';

/** `muster job deployments` */
export function addJobDeploymentCommands(job: Command): void {
  remote(job.command('deployments <job>'))
    .description('how versions of a job with update took the place of those before them, the newest first: how far each has come, and why it ended as it did')
    .action(deployments);
}

async function deployments(given: string, options: RemoteOptions): Promise<void> {
  const { api, format } = connect(options);
  const body = await onJob(api, given, async (id) => await bodyOf(api.GET('/jobs/{job_id}/deployments', { params: { path: { job_id: id } } })));
  if (format === 'json') printJson(body);
  else printLines(jobDeploymentTable(body));
}
