import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { systemClock } from '#agents/clock/system-clock.js';
import type { EvaluationView, JobView } from '../api-types.js';
import { explainBlocked } from '../blocked.js';
import type { ApiClient } from '../client.js';
import { EXIT_NOT_PLACED, EXIT_TIMEOUT, Failure } from '../failure.js';
import { connect, remote, type RemoteOptions } from '../options.js';
import { printFields, printJson, printTable, showTime, type Format } from '../output.js';
import { followLogs, type LogsOptions } from './job-logs.js';

interface RunOptions extends RemoteOptions {
  readonly detach?: boolean;
  readonly wait?: boolean;
  readonly timeout: string;
}

/** `muster job …` */
export function addJobCommands(program: Command): void {
  const job = program.command('job').description('submit, watch and stop jobs');
  remote(job.command('run <file>'))
    .description('submit a job from a JSON file (- for standard input); exit 2 when it cannot be placed now')
    .option('-d, --detach', 'return when the job is accepted, before it is placed')
    .option('-w, --wait', 'return when the job has ended, with the exit code of its first failed task')
    .option('--timeout <seconds>', 'how long to wait', '300')
    .action(async (file: string, options: RunOptions) => await run(file, options));
  remote(job.command('status [job]')).description('one job, or all').action(status);
  remote(job.command('stop <job>'))
    .description('stop a job')
    .option('--purge', 'delete the job and all that belongs to it from the views; its history stays')
    .action(stop);
  remote(job.command('restart <job>')).description('start a stopped, complete or failed job again').action(restart);
  remote(job.command('logs <job> [task]'))
    .description("print a task's log")
    .option('-f, --follow', 'go on as more is written')
    .option('-n, --tail <lines>', 'begin with the last lines')
    .option('--stderr', 'standard error instead of standard output')
    .option('--allocation <id>', 'of this allocation (a unique beginning is enough); the newest when absent')
    .action(async (id: string, task: string | undefined, options: LogsOptions) => await followLogs(id, task, options));
}

async function run(file: string, options: RunOptions): Promise<void> {
  const { client, format } = connect(options);
  const job = parseJob(file === '-' ? await text(process.stdin) : await readJobFile(file), file);
  const { body: submitted } = await client.post<{ job_id: string; evaluation_id: string; message: string }>('/jobs', job);
  if (options.detach === true) {
    report(format, submitted, [['Job', submitted.job_id], ['Evaluation', submitted.evaluation_id]]);
    return;
  }
  const deadline = systemClock.monotonic() + Number(options.timeout) * 1000;
  const evaluation = await until(client, deadline, `/evaluations/${submitted.evaluation_id}`, (value: EvaluationView) => value.status !== 'pending');
  const shown = options.wait === true ? await waitForEnd(client, submitted.job_id, deadline) : await getJob(client, submitted.job_id);
  if (format === 'json') printJson({ ...submitted, evaluation, job: shown });
  else {
    printFields([['Job', submitted.job_id], ['Evaluation', `${submitted.evaluation_id} ${evaluation.status}`], ['Status', shown.status]]);
    printAllocations(shown);
  }
  if (evaluation.status === 'blocked' && options.wait !== true) {
    throw new Failure(`not all could be placed:\n${explainBlocked(evaluation.reasons ?? {}).join('\n')}`, EXIT_NOT_PLACED);
  }
  if (options.wait === true && shown.status !== 'complete') throw new Failure(`job ${shown.job_id} is ${shown.status}`, exitCodeOf(shown));
}

async function status(id: string | undefined, options: RemoteOptions): Promise<void> {
  const { client, format } = connect(options);
  if (id === undefined) {
    const { body } = await client.get<{ jobs: JobView[] }>('/jobs');
    if (format === 'json') printJson(body);
    else printTable(['JOB', 'STATUS', 'PRIORITY', 'GROUPS', 'ALLOCATIONS'], body.jobs.map(jobRow));
    return;
  }
  const job = await getJob(client, id);
  if (format === 'json') {
    printJson(job);
    return;
  }
  printFields([['Job', job.job_id], ['Status', job.status], ['Groups', job.task_groups.map((group) => `${group.name} (${group.count ?? 1})`).join(', ')]]);
  printAllocations(job);
  if (job.blocked !== null && job.blocked !== undefined) process.stdout.write(`\nNot placed:\n${explainBlocked(job.blocked).join('\n')}\n`);
}

async function stop(id: string, options: RemoteOptions & { purge?: boolean }): Promise<void> {
  const { client, format } = connect(options);
  const path = `/jobs/${encodeURIComponent(id)}`;
  const { body } = options.purge === true ? await client.post<{ message: string }>(`${path}/delete`) : await client.delete<{ message: string }>(path);
  report(format, body, [['Message', body.message]]);
}

async function restart(id: string, options: RemoteOptions): Promise<void> {
  const { client, format } = connect(options);
  const { body } = await client.post<{ job_id: string; evaluation_id: string }>(`/jobs/${encodeURIComponent(id)}/restart`);
  report(format, body, [['Job', body.job_id], ['Evaluation', body.evaluation_id]]);
}

async function getJob(client: ApiClient, id: string): Promise<JobView> {
  return (await client.get<JobView>(`/jobs/${encodeURIComponent(id)}`)).body;
}

async function waitForEnd(client: ApiClient, id: string, deadline: number): Promise<JobView> {
  return await until(client, deadline, `/jobs/${encodeURIComponent(id)}`, (job: JobView) => ['complete', 'failed', 'dead'].includes(job.status));
}

/** Asks again until the answer satisfies. */
async function until<Body>(client: ApiClient, deadline: number, path: string, done: (body: Body) => boolean): Promise<Body> {
  for (;;) {
    const { body } = await client.get<Body>(path);
    if (done(body)) return body;
    if (systemClock.monotonic() > deadline) throw new Failure(`gave up waiting for ${path}`, EXIT_TIMEOUT);
    await systemClock.sleep(100);
  }
}

/** Of the newest allocation's tasks the first exit code that is not 0, as `docker run` returns it; 1 when none is known. */
function exitCodeOf(job: JobView): number {
  for (const allocation of [...job.allocations].reverse()) {
    for (const task of Object.values(allocation.tasks ?? {})) {
      if (task.exit_code !== null && task.exit_code !== 0) return task.exit_code & 0xff || 1;
    }
  }
  return 1;
}

async function readJobFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new Failure(`cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function parseJob(source: string, file: string): unknown {
  try {
    return JSON.parse(source);
  } catch (error) {
    throw new Failure(`${file} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function jobRow(job: JobView): string[] {
  const running = job.allocations.filter((allocation) => allocation.status === 'running').length;
  return [job.job_id, job.status, String(job.priority ?? 50), job.task_groups.map((group) => group.name).join(','), `${running}/${job.allocations.length} running`];
}

function printAllocations(job: JobView): void {
  process.stdout.write('\n');
  printTable(
    ['ALLOCATION', 'GROUP', 'NODE', 'STATUS', 'STARTED', 'ENDED', 'TASKS'],
    job.allocations.map((allocation) => [
      allocation.allocation_id,
      allocation.task_group,
      allocation.node_id,
      allocation.status,
      showTime(allocation.start_time),
      showTime(allocation.end_time),
      Object.entries(allocation.tasks ?? {})
        .map(([name, task]) => `${name}:${task.status}${task.exit_code === null ? '' : `(${task.exit_code})`}`)
        .join(' '),
    ]),
  );
}

function report(format: Format, body: unknown, fields: readonly (readonly [string, string])[]): void {
  if (format === 'json') printJson(body);
  else printFields(fields);
}
