import type { Command } from 'commander';
import { plural } from '#domain/kernel/plural.js';
import { bodyOf, type Tasks } from '../shared/client.js';
import { confirm } from '../shared/confirm.js';
import { Failure } from '../shared/failure.js';
import { connectList, printList, remoteList, type ListOptions } from '../shared/list.js';
import { allTasks, findTask } from '../shared/lookup.js';
import {
  lineTimeOptions,
  lineTimeQuery,
  printLog,
  streamOptions,
  type LineTimeOptions,
  type StreamOptions,
} from '../shared/log-stream.js';
import { connect, remote, remoteNamed, remoteReadNamed, type NamingOptions } from '../shared/options.js';
import { zoneTimes } from '../shared/local-time.js';
import { printFields, printJson, printLines, warnLine } from '../shared/output.js';
import { testNotice } from './notify-test.js';
import {
  backfillLines,
  clockLines,
  noticeTable,
  runTable,
  scheduleLines,
  TASK_LIST,
  taskPage,
  taskTable,
  whyPage,
} from './task-view.js';
import { wholeNumber } from '../shared/whole-number.js';
import { addTaskApply } from './task-apply.js';
import type { ImportOptions } from './task-import.js';
import { addTaskCreate } from './task-create.js';
import { rerunTask, runTask, type RunTaskOptions } from './task-run.js';
import { addTaskRuns } from './task-runs.js';
import type { ReadAs } from '../shared/resolve-prefix.js';

export function addTaskCommands(program: Command): void {
  const task = program
    .command('task')
    .description(
      'manage scheduled tasks (log in first); refer to a task by its number, its name, or a unique prefix of its name',
    );
  addTaskCreate(task);
  addTaskApply(task);
  remote(task.command('import <crontab>'))
    .description(
      'show the tasks that a crontab would become, with their next three times (- for standard input); with --apply, create them, all or none',
    )
    .option('--system', 'each entry names a user, as in /etc/crontab and /etc/cron.d')
    .option('--timezone <zone>', 'time zone of entries without CRON_TZ (default: the zone of this machine)')
    .option(
      '--timeout-seconds <seconds>',
      'time limit of a run (default: a week, the longest; cron has none)',
    )
    .option('--apply', 'create the tasks')
    .action(async (file: string, options: ImportOptions) => {
      const { importCrontab } = await import('./task-import.js');
      await importCrontab(file, options);
    });
  remoteList(task.command('list'), TASK_LIST).description('list the tasks of your tenant').action(list);
  remoteReadNamed(task.command('show <task>')).description('show a task and its latest runs').action(show);
  waiting(remoteNamed(task.command('run <task> [argument...]')))
    .description(
      'run a task now; with --wait, wait for its end and exit with its exit code. Arguments after -- replace those of a Python task',
    )
    .option('-e, --env <NAME=value...>', 'set or replace environment variables for this run')
    .action(runTask);
  waiting(remoteNamed(task.command('rerun <task> [run]')))
    .description('repeat a run with its own parameters, as the task is now (default: the latest run)')
    .action(
      async (given: string, run: string | undefined, options: RunTaskOptions) =>
        await rerunTask(options, async (api) => await pathOf(api, given, run, options)),
    );
  addTaskRuns(task);
  lineTimeOptions(streamOptions(remoteNamed(task.command('logs <task> [run]'))))
    .description('print the logs of a run, stdout and stderr in order (default: the latest run)')
    .option('-f, --follow', 'follow the log')
    .option('-n, --tail <lines>', 'number of lines to show from the end of the log')
    .option('--search <text>', 'only lines that contain this string')
    .option('--attempt <number>', 'the log of this attempt (default: the latest); see muster task why')
    .action(logs);
  remoteReadNamed(task.command('why <task> [run]'))
    .description('explain the state of a run and the result of each attempt (default: the latest run)')
    .action(why);
  remoteReadNamed(task.command('notices <task>'))
    .description('list notifications and their delivery, newest first')
    .option('--status <status>', 'pending, sending, retrying, delivered, failed or dropped')
    .action(notices);
  remoteNamed(task.command('notify-test <task>'))
    .description('send a test notification of a task, and print what came back')
    .option('--timeout <seconds>', 'give up after this many seconds', '60')
    .action(testNotice);
  remoteReadNamed(task.command('next <task>'))
    .description('show the next slots of a task and the decisions about past ones')
    .option('-n, --count <count>', 'maximum number of each', '10')
    .action(next);
  remoteNamed(task.command('backfill <task>'))
    .description('run the undecided slots of a past period')
    .requiredOption('--from <time>', 'start of the period, such as 2026-01-01T00:00:00Z')
    .requiredOption('--to <time>', 'end of the period, exclusive')
    .action(backfill);
  remoteNamed(task.command('pause <task>'))
    .description('pause the schedule of a task; you can still run the task manually')
    .action(setStatus('paused'));
  remoteNamed(task.command('resume <task>'))
    .description('resume the schedule of a task from now on')
    .action(setStatus('active'));
  remoteNamed(task.command('cancel <task> [run]'))
    .description('cancel a run (default: the latest)')
    .action(cancel);
  remoteNamed(task.command('delete <task>'))
    .description('delete a task; its unfinished runs are cancelled, after a confirmation')
    .option('-y, --yes', 'do not ask for confirmation')
    .action(remove);
}

function waiting(command: Command): Command {
  return command
    .option('-w, --wait', 'wait for the run to end, and print its output')
    .option('--timeout <seconds>', 'give up after this many seconds', '3600');
}

async function list(options: ListOptions): Promise<void> {
  const api = connectList(options);
  await printList(TASK_LIST, options, await allTasks(api, {}), (shown) => shown);
}

async function show(given: string, options: NamingOptions): Promise<void> {
  const { api, format, look } = connect(options);
  const task = await findTask(api, given, options);
  const { data: runs } = await bodyOf(
    api.GET('/api/tasks/{task_id}/runs', {
      params: { path: { task_id: String(task.id) }, query: { size: 10 } },
    }),
  );
  if (format === 'json') printJson({ ...task, runs });
  else printLines([...taskPage(task), '', ...runTable(runs, look)]);
}

interface LogsOptions extends NamingOptions, StreamOptions, LineTimeOptions {
  readonly follow?: boolean;
  readonly tail?: string;
  readonly search?: string;
  readonly attempt?: string;
}

async function logs(
  given: string,
  run: string | undefined,
  { follow, tail, stream, search, attempt, timestamps, since, until, ...options }: LogsOptions,
): Promise<void> {
  const { api, format } = connect(options);
  const path = await pathOf(api, given, run, options);
  const query = {
    ...(stream !== undefined && { stream }),
    ...(follow === true && { follow }),
    ...(tail !== undefined && { tail: wholeNumber(tail, '-n') }),
    ...(search !== undefined && { search }),
    ...(attempt !== undefined && { attempt }),
    ...lineTimeQuery({ timestamps, since, until }, format === 'json'),
  };
  const answer = await api.GET('/api/tasks/{task_id}/runs/{run_id}/logs', {
    params: { path, query },
    parseAs: 'stream',
  });
  if (answer.response.headers.has('x-muster-log-end'))
    warnLine('The worker of this run no longer has its log: these are the last lines that were stored.');
  const where = { task_id: Number(path.task_id), run_id: Number(path.run_id) };
  await printLog(Promise.resolve(answer), { follow: follow === true, format, where });
}

async function why(given: string, run: string | undefined, options: NamingOptions): Promise<void> {
  const { api, format, look } = connect(options);
  const path = await pathOf(api, given, run, options);
  const { data } = await bodyOf(api.GET('/api/tasks/{task_id}/runs/{run_id}', { params: { path } }));
  if (format === 'json') return printJson(data);
  const { data: newest } = await bodyOf(
    api.GET('/api/tasks/{task_id}/notices', {
      params: { path: { task_id: path.task_id }, query: { size: 100 } },
    }),
  );
  const told = newest.filter((notice) => notice.run_id === data.id);
  const clock = clockLines(await scheduleOf(api, path.task_id));
  printLines([
    ...whyPage(data, look),
    ...(told.length === 0 ? [] : ['', ...noticeTable(told, look)]),
    ...(clock.length === 0 ? [] : ['', ...clock]),
  ]);
}

async function notices(
  given: string,
  { status, ...options }: NamingOptions & { readonly status?: string },
): Promise<void> {
  const { api, format, look } = connect(options);
  const { id } = await findTask(api, given, options);
  const query = {
    size: 100,
    ...(status !== undefined && { status: status as Tasks['TaskNotice']['status'] }),
  };
  const { data } = await bodyOf(
    api.GET('/api/tasks/{task_id}/notices', { params: { path: { task_id: String(id) }, query } }),
  );
  if (format === 'json') printJson(data);
  else printLines(noticeTable(data, look));
}

async function next(
  given: string,
  { count, utc, ...options }: NamingOptions & { readonly count: string; readonly utc?: true },
): Promise<void> {
  const { api, format, look } = connect(options);
  const task = await findTask(api, given, options);
  const { id } = task;
  const many = wholeNumber(count, '-n');
  const { data } = await bodyOf(
    api.GET('/api/tasks/{task_id}/schedule', {
      params: { path: { task_id: String(id) }, query: { next: many, past: many } },
    }),
  );
  if (format === 'json') printJson(data);
  else {
    // A schedule is read in its own zone. Programs get UTC.
    const inZone = look.localTimes && utc !== true;
    printLines(scheduleLines(data, task, look, inZone ? await zoneTimes(task.timezone) : undefined));
  }
}

async function backfill(
  given: string,
  { from, to, ...options }: NamingOptions & { readonly from: string; readonly to: string },
): Promise<void> {
  const { api, format, look } = connect(options);
  const { id } = await findTask(api, given, options);
  const { data } = await bodyOf(
    api.POST('/api/tasks/{task_id}/backfill', {
      params: { path: { task_id: String(id) } },
      body: { from, to },
    }),
  );
  if (format === 'json') printJson(data);
  else printLines(backfillLines(data, look));
}

function setStatus(status: 'active' | 'paused') {
  return async (given: string, options: NamingOptions): Promise<void> => {
    const { api, format, look } = connect(options);
    const { id } = await findTask(api, given, options);
    const { data } = await bodyOf(
      api.PUT('/api/tasks/{task_id}', { params: { path: { task_id: String(id) } }, body: { status } }),
    );
    if (format === 'json') printJson(data);
    else printLines(taskTable([data], look));
  };
}

async function cancel(given: string, run: string | undefined, options: NamingOptions): Promise<void> {
  const { api, format, look } = connect(options);
  const { data } = await bodyOf(
    api.POST('/api/tasks/{task_id}/runs/{run_id}/cancel', {
      params: { path: await pathOf(api, given, run, options) },
    }),
  );
  if (format === 'json') printJson(data);
  else printLines(runTable([data], look));
}

/** Asks only if runs would be cancelled. A task that is idle can be created again. */
async function remove(
  given: string,
  { yes, ...options }: NamingOptions & { readonly yes?: true },
): Promise<void> {
  const { api, format } = connect(options);
  const { id, name, unfinished_runs: unfinished } = await findTask(api, given, options);
  if (unfinished > 0 && yes !== true)
    await confirm(`Delete the task ${name} and cancel ${plural(unfinished, 'run')}?`, 'pass --yes');
  await api.DELETE('/api/tasks/{task_id}', { params: { path: { task_id: String(id) } } });
  if (format === 'json') printJson({ id, name, message: 'deleted' });
  else
    printFields([
      ['Task', `${id} ${name}`],
      ['Message', 'deleted'],
    ]);
}

async function scheduleOf(
  api: ReturnType<typeof connect>['api'],
  task: string,
): Promise<Tasks['TaskSchedule']> {
  return (
    await bodyOf(
      api.GET('/api/tasks/{task_id}/schedule', {
        params: { path: { task_id: task }, query: { next: 1, past: 0 } },
      }),
    )
  ).data;
}

async function pathOf(
  api: ReturnType<typeof connect>['api'],
  given: string,
  run: string | undefined,
  as: ReadAs,
): Promise<{ task_id: string; run_id: string }> {
  const { id } = await findTask(api, given, as);
  if (run !== undefined) return { task_id: String(id), run_id: String(wholeNumber(run, 'run')) };
  const { data } = await bodyOf(
    api.GET('/api/tasks/{task_id}/runs', { params: { path: { task_id: String(id) }, query: { size: 1 } } }),
  );
  const [newest] = data;
  if (newest === undefined || newest.status === 'skipped')
    throw new Failure(
      [
        `task ${id} has not run yet`,
        ...clockLines(await scheduleOf(api, String(id))),
        `Next run: muster task next ${id}`,
      ].join('\n'),
    );
  return { task_id: String(id), run_id: String(newest.id) };
}
