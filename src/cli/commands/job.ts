import type { Command } from 'commander';
import { bodyOf } from '../client.js';
import { findJob, onJob } from '../lookup.js';
import { streamOptions } from '../log-stream.js';
import { connect, remote, type RemoteOptions } from '../options.js';
import { printFields, printJson, printLines, type Format } from '../output.js';
import { jobPage, jobTable } from '../views/job.js';
import { printLogs, type LogsOptions } from './job-logs.js';
import type { PlanOptions } from './job-plan.js';
import type { RunOptions } from './job-run.js';
import type { ValidateOptions } from './job-validate.js';
import { addJobDeploymentCommands } from './job-deployments.js';
import { addJobVersionCommands } from './job-versions.js';

/** `muster job …` */
export function addJobCommands(program: Command): void {
  const job = program.command('job').description('submit, watch and stop jobs; a job is named by its id, or by an unambiguous beginning of it');
  remote(job.command('run <file>'))
    .description(
      'submit a job from a file of JSON or YAML, or of Nomad (HCL or JSON; - for standard input), and wait until it runs; exit 1 when it fails, 2 when it cannot be placed now',
    )
    .option('-d, --detach', 'return when the job is accepted, before it is placed')
    .option('-w, --wait', 'return when the job has ended, with the exit code of its first failed task')
    .option('--timeout <seconds>', 'how long to wait', '300')
    .action(async (file: string, options: RunOptions) => {
      const { runJob } = await import('./job-run.js');
      await runJob(file, options);
    });
  remote(job.command('plan <file>'))
    .description(
      'say what run would do with a file: what would change, and where what would be placed, node by node; nothing is done; exit 0 when no allocation would begin, end or wait, 1 when one would, 255 when it cannot be told',
    )
    .option('--limit <count>', 'at most so many nodes, placements and stops of each group', '20')
    .action(async (file: string, options: PlanOptions) => {
      const { planJob } = await import('./job-plan.js');
      await planJob(file, options);
    });
  remote(job.command('list')).description('all jobs').action(list);
  remote(job.command('status [job]')).description('one job: its allocations, why something failed or waits; without a name all jobs').action(status);
  remote(job.command('stop <job>'))
    .description('stop a job')
    .option('--purge', 'delete the job and all that belongs to it from the views; its history stays')
    .action(stop);
  remote(job.command('restart <job>')).description('start a stopped, complete or failed job again').action(restart);
  addJobVersionCommands(job);
  addJobDeploymentCommands(job);
  job
    .command('validate <file>')
    .description('say what is wrong with the file of a job, as job run takes it; no server is asked. With -o json also what it would submit')
    .option('-o, --output <format>', 'table or json', 'table')
    .action(async (file: string, options: ValidateOptions) => {
      const { validateJob } = await import('./job-validate.js');
      await validateJob(file, options);
    });
  streamOptions(remote(job.command('logs <job> [task]')))
    .description("print a task's log, both of its streams in order; with -o json a line of JSON for each of its lines")
    .option('-f, --follow', 'go on as more is written')
    .option('-n, --tail <lines>', 'begin with the last lines')
    .option('--allocation <id>', 'of this allocation (an unambiguous beginning is enough); the newest when absent')
    .option('--previous', 'of the allocation before the newest one')
    .option('-a, --all', 'of every allocation at once, each line with where it comes from')
    .action(async (id: string, task: string | undefined, options: LogsOptions) => await printLogs(id, task, options));
}

async function list(options: RemoteOptions): Promise<void> {
  const { api, format } = connect(options);
  const body = await bodyOf(api.GET('/jobs'));
  if (format === 'json') printJson(body);
  else printLines(jobTable(body.jobs));
}

async function status(given: string | undefined, options: RemoteOptions): Promise<void> {
  if (given === undefined) return await list(options);
  const { api, format } = connect(options);
  const job = await findJob(api, given);
  if (format === 'json') printJson(job);
  else printLines(jobPage(job));
}

async function stop(given: string, options: RemoteOptions & { purge?: boolean }): Promise<void> {
  const { api, format } = connect(options);
  const purge = options.purge === true;
  await onJob(api, given, async (id) => {
    const params = { path: { job_id: id } };
    const body = await bodyOf(purge ? api.POST('/jobs/{job_id}/delete', { params }) : api.DELETE('/jobs/{job_id}', { params }));
    report(format, body, [
      ['Job', id],
      ['Message', purge ? 'stopped and deleted; its history stays' : 'stopped'],
    ]);
  });
}

async function restart(given: string, options: RemoteOptions): Promise<void> {
  const { api, format } = connect(options);
  const body = await onJob(api, given, async (id) => await bodyOf(api.POST('/jobs/{job_id}/restart', { params: { path: { job_id: id } } })));
  report(format, body, [
    ['Job', body.job_id],
    ['Evaluation', body.evaluation_id],
  ]);
}

function report(format: Format, body: unknown, fields: readonly (readonly [string, string])[]): void {
  if (format === 'json') printJson(body);
  else printFields(fields);
}
