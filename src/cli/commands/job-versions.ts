import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { bodyOf } from '../client.js';
import { onJob } from '../lookup.js';
import { connect, remote, type RemoteOptions } from '../options.js';
import { printFields, printJson, printLines } from '../output.js';
import { jobVersionTable } from '../views/job-versions.js';
import { wholeNumber } from '../whole-number.js';

/** `muster job versions|revert` */
export function addJobVersionCommands(job: Command): void {
  remote(job.command('versions <job>'))
    .description('what a job was, the newest first: when each version came, by whom, and what it changed')
    .option('-n, --limit <count>', 'at most so many', '20')
    .option('--before <version>', 'only versions with a smaller number')
    .action(versions);
  remote(job.command('revert <job> <version>'))
    .description('make a job what it was in a version: a new version, as muster job versions numbers them')
    .action(revert);
}

interface VersionsOptions extends RemoteOptions {
  readonly limit: string;
  readonly before?: string;
}

async function versions(given: string, { limit, before, ...options }: VersionsOptions): Promise<void> {
  const { api, format } = connect(options);
  const query = { limit: wholeNumber(limit, '--limit'), ...(before !== undefined && { before: wholeNumber(before, '--before') }) };
  const body = await onJob(api, given, async (id) => await bodyOf(api.GET('/jobs/{job_id}/versions', { params: { path: { job_id: id }, query } })));
  if (format === 'json') printJson(body);
  else printLines(jobVersionTable(body));
}

async function revert(given: string, version: string, options: RemoteOptions): Promise<void> {
  const { api, format } = connect(options);
  const body = { version: wholeNumber(version, 'version') };
  const headers = { 'Idempotency-Key': randomUUID() };
  const done = await onJob(api, given, async (id) => await bodyOf(api.POST('/jobs/{job_id}/revert', { params: { path: { job_id: id } }, body, headers })));
  if (format === 'json') printJson(done);
  else
    printFields([
      ['Job', done.job_id],
      ['Evaluation', done.evaluation_id],
    ]);
}
