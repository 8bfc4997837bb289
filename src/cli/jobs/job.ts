import type { Command } from 'commander';
import { bodyOf } from '../shared/client.js';
import { confirm } from '../shared/confirm.js';
import { findJob, onJob } from '../shared/lookup.js';
import { lineTimeOptions, streamOptions } from '../shared/log-stream.js';
import { connect, remote, type Connection, type RemoteOptions } from '../shared/options.js';
import { printFields, printJson, printLines, type Format } from '../shared/output.js';
import { firstPage, connectList, printList, remoteList, type ListOptions } from '../shared/list.js';
import { JOB_LIST, jobPage } from './job-view.js';
import { printLogs, type LogsOptions } from './job-logs.js';
import type { PlanOptions } from './job-plan.js';
import type { RunOptions } from './job-run.js';
import type { ScaleOptions } from './job-scale.js';
import type { ValidateOptions } from './job-validate.js';
import { addJobDeploymentCommands } from './job-deployments.js';
import { addJobVersionCommands } from './job-versions.js';

/** Returns the command `job`, to which other modules add subcommands. */
export function addJobCommands(program: Command): Command {
  const job = program
    .command('job')
    .description('manage jobs; refer to a job by its id or a unique prefix of it');
  remote(job.command('run <file>'))
    .description(
      'submit a job from a JSON or YAML file, or a Nomad job file (HCL or JSON; - for standard input), and wait until it is running; exits 1 if it fails, 2 if it cannot be placed now',
    )
    .option('-d, --detach', 'return once the job is accepted, before it is placed')
    .option('-w, --wait', 'wait until the job ends; exits with the exit code of its first failed task')
    .option('--timeout <seconds>', 'give up after this many seconds', '300')
    .action(async (file: string, options: RunOptions) => {
      const { runJob } = await import('./job-run.js');
      await runJob(file, options);
    });
  remote(job.command('plan <file>'))
    .description(
      'show what "job run" would change and place, node by node, without doing it; exits 0 if no allocation would start, stop or wait, 1 if one would, 255 on errors',
    )
    .option('--limit <count>', 'maximum number of nodes, placements and stops shown per group', '20')
    .action(async (file: string, options: PlanOptions) => {
      const { planJob } = await import('./job-plan.js');
      await planJob(file, options);
    });
  remoteList(job.command('list'), JOB_LIST).description('list jobs').action(list);
  remoteList(job.command('status [job]'), JOB_LIST)
    .description(
      'show a job, its allocations and why something failed or is waiting; without a name, list jobs',
    )
    .action(status);
  remote(job.command('stop <job>'))
    .description('stop a job')
    .option('--purge', 'also remove the job from all lists; its history is kept')
    .action(stop);
  remote(job.command('delete <job>'))
    .description('stop a job and remove it from all lists; its history is kept')
    .option('-y, --yes', 'do not ask for confirmation')
    .action(erase);
  remote(job.command('restart <job>'))
    .description('restart a stopped, complete or failed job')
    .action(restart);
  remote(job.command('scale <job> <count>'))
    .description('set how many allocations of a group a job runs; a dead job is started')
    .option('--group <name>', 'group to scale (required if the job has several)')
    .action(async (given: string, count: string, options: ScaleOptions) => {
      const { scaleJob } = await import('./job-scale.js');
      await scaleJob(given, count, options);
    });
  addJobVersionCommands(job);
  addJobDeploymentCommands(job);
  job
    .command('validate <file>')
    .description(
      'check a job file without contacting a server; with -o json, also print what would be submitted',
    )
    .option('-o, --output <format>', 'table or json', 'table')
    .action(async (file: string, options: ValidateOptions) => {
      const { validateJob } = await import('./job-validate.js');
      await validateJob(file, options);
    });
  job
    .command('convert <file>')
    .description(
      'print a Nomad job file (HCL or JSON; - for standard input) as a job file in YAML; what has no counterpart is left out and listed on standard error',
    )
    .action(async (file: string) => {
      const { convertJob } = await import('./job-convert.js');
      await convertJob(file);
    });
  lineTimeOptions(streamOptions(remote(job.command('logs <job> [task]'))))
    .description(
      'print the logs of a task, stdout and stderr in order; with -o json, one JSON object per line',
    )
    .option('-f, --follow', 'follow the log')
    .option('-n, --tail <lines>', 'number of lines to show from the end of the log')
    .option(
      '--allocation <id>',
      'print the log of this allocation, by id or unique prefix (default: the latest)',
    )
    .option('--previous', 'print the log of the previous allocation')
    .option('-a, --all', 'print the logs of all allocations, and prefix each line with its origin')
    .action(
      async (id: string, task: string | undefined, options: LogsOptions) =>
        await printLogs(id, task, options),
    );
  return job;
}

async function list(options: ListOptions): Promise<void> {
  const api = connectList(options);
  const { jobs } = await bodyOf(api.GET('/jobs', { params: { query: firstPage(options) } }));
  await printList(JOB_LIST, options, jobs, (shown) => ({ jobs: shown, count: shown.length }));
}

async function status(given: string | undefined, options: ListOptions): Promise<void> {
  if (given === undefined) return await list(options);
  const { api, format, look } = connect(options);
  const job = await findJob(api, given);
  if (format === 'json') printJson(job);
  else printLines(jobPage(job, look));
}

async function stop(given: string, options: RemoteOptions & { purge?: boolean }): Promise<void> {
  const { api, format } = connect(options);
  const purge = options.purge === true;
  await onJob(api, given, async (id) => {
    if (purge) return await remove({ api, format }, id);
    const body = await bodyOf(api.DELETE('/jobs/{job_id}', { params: { path: { job_id: id } } }));
    report(format, body, [
      ['Job', id],
      ['Message', 'stopped'],
    ]);
  });
}

async function erase(
  given: string,
  { yes, ...options }: RemoteOptions & { readonly yes?: true },
): Promise<void> {
  const { api, format } = connect(options);
  const { job_id: id } = await findJob(api, given);
  if (yes !== true) await confirm(`Stop and delete the job ${id}?`, 'pass --yes');
  await remove({ api, format }, id);
}

async function remove({ api, format }: Pick<Connection, 'api' | 'format'>, id: string): Promise<void> {
  const body = await bodyOf(api.POST('/jobs/{job_id}/delete', { params: { path: { job_id: id } } }));
  report(format, body, [
    ['Job', id],
    ['Message', 'stopped and deleted; its history is kept'],
  ]);
}

async function restart(given: string, options: RemoteOptions): Promise<void> {
  const { api, format } = connect(options);
  const body = await onJob(
    api,
    given,
    async (id) => await bodyOf(api.POST('/jobs/{job_id}/restart', { params: { path: { job_id: id } } })),
  );
  report(format, body, [
    ['Job', body.job_id],
    ['Evaluation', body.evaluation_id],
  ]);
}

function report(format: Format, body: unknown, fields: readonly (readonly [string, string])[]): void {
  if (format === 'json') printJson(body);
  else printFields(fields);
}
