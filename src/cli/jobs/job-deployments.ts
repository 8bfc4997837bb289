import type { Command } from 'commander';
import { bodyOf } from '../shared/client.js';
import { onJob } from '../shared/lookup.js';
import { connect, remoteRead, type RemoteOptions } from '../shared/options.js';
import { printJson, printLines } from '../shared/output.js';
import { jobDeploymentTable } from './job-deployments-view.js';

export function addJobDeploymentCommands(job: Command): void {
  remoteRead(job.command('deployments <job>'))
    .description(
      'list the deployments of a job with an update policy, newest first, with their progress and why they ended',
    )
    .action(deployments);
}

async function deployments(given: string, options: RemoteOptions): Promise<void> {
  const { api, format, look } = connect(options);
  const body = await onJob(
    api,
    given,
    async (id) => await bodyOf(api.GET('/jobs/{job_id}/deployments', { params: { path: { job_id: id } } })),
  );
  if (format === 'json') printJson(body);
  else printLines(jobDeploymentTable(body, look));
}
