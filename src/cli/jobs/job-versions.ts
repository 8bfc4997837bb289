import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { bodyOf } from '../shared/client.js';
import { EXIT_PLAN_FAILED, failingAs } from '../shared/failure.js';
import { onJob } from '../shared/lookup.js';
import { connect, remote, remoteRead, type RemoteOptions } from '../shared/options.js';
import { printFields, printJson, printLines } from '../shared/output.js';
import { printPlan } from './job-plan.js';
import { jobVersionTable } from './job-versions-view.js';
import { wholeNumber } from '../shared/whole-number.js';

export function addJobVersionCommands(job: Command): void {
  remoteRead(job.command('versions <job>'))
    .description('list the versions of a job, newest first, with time, author and changes')
    .option('-n, --limit <count>', 'maximum number of versions', '20')
    .option('--before <version>', 'only versions before this one')
    .action(versions);
  remote(job.command('revert <job> <version>'))
    .description('revert a job to an earlier version, which creates a new version; see muster job versions')
    .option('--plan', 'show what would change, without reverting')
    .action(revert);
}

interface RevertOptions extends RemoteOptions {
  readonly plan?: true;
}

interface VersionsOptions extends RemoteOptions {
  readonly limit: string;
  readonly before?: string;
}

async function versions(given: string, { limit, before, ...options }: VersionsOptions): Promise<void> {
  const { api, format, look } = connect(options);
  const query = {
    limit: wholeNumber(limit, '--limit'),
    ...(before !== undefined && { before: wholeNumber(before, '--before') }),
  };
  const body = await onJob(
    api,
    given,
    async (id) =>
      await bodyOf(api.GET('/jobs/{job_id}/versions', { params: { path: { job_id: id }, query } })),
  );
  if (format === 'json') printJson(body);
  else printLines(jobVersionTable(body, look));
}

async function revert(given: string, version: string, { plan, ...options }: RevertOptions): Promise<void> {
  const { api, format, look } = connect(options);
  const body = { version: wholeNumber(version, 'version') };
  if (plan === true) {
    const of = async (id: string) =>
      await bodyOf(api.POST('/jobs/{job_id}/revert/plan', { params: { path: { job_id: id } }, body }));
    printPlan(await failingAs(EXIT_PLAN_FAILED, async () => await onJob(api, given, of)), { format, look });
    return;
  }
  const headers = { 'Idempotency-Key': randomUUID() };
  const done = await onJob(
    api,
    given,
    async (id) =>
      await bodyOf(api.POST('/jobs/{job_id}/revert', { params: { path: { job_id: id } }, body, headers })),
  );
  if (format === 'json') printJson(done);
  else
    printFields([
      ['Job', done.job_id],
      ['Evaluation', done.evaluation_id],
    ]);
}
