import { Option, type Command } from 'commander';
import { bodyOf, bytesOf, textOf, type Tasks } from '../client.js';
import { Failure } from '../failure.js';
import { followedLines } from '../followed-lines.js';
import { allTasks, findTask } from '../lookup.js';
import { streamOptions, type StreamOptions } from '../log-stream.js';
import { connect, remote, remoteNamed, type NamingOptions, type RemoteOptions } from '../options.js';
import { printFields, printJson, printLines, printPiece, warnLine } from '../output.js';
import { readDocuments } from '../structured-file.js';
import { warnOf } from '../task-warning.js';
import { backfillLines, clockLines, noticeTable, runTable, scheduleLines, taskPage, taskTable, whyPage } from '../views/task.js';
import { wholeNumber } from '../whole-number.js';
import { addTaskApply } from './task-apply.js';
import { runTask, type RunTaskOptions } from './task-run.js';
import type { ReadAs } from '../unambiguous.js';

type Body = Tasks['TaskRequest'];

/** `muster task …` */
export function addTaskCommands(program: Command): void {
  const task = program
    .command('task')
    .description('scheduled tasks, of the account that is logged in (muster login); one is named by its number, its name, or an unambiguous beginning of it');
  remote(task.command('create [command...]'))
    .description('make one or many tasks of a file of JSON or YAML; or one of a command line')
    .option('-f, --file <file>', '- for standard input')
    .option('--name <name>', 'of a task that is made of a command line')
    .option('--schedule <cron>', 'when it runs; without: when it is told to')
    .option('--timezone <zone>', 'whose clock the schedule means')
    .option('--after <task...>', 'tasks whose ends start it')
    .addOption(new Option('--on <outcome>', 'with --after: which ends').choices(['success', 'failure', 'always']).default('success'))
    .option('--notify-url <url>', 'who is told of what becomes of it')
    .option('--notify-on <what>', 'with --notify-url, by commas: failure, recovery, missed, success', 'failure')
    .action(create);
  addTaskApply(task);
  remote(task.command('list')).description('the tasks of your tenant').option('--status <status>', 'active, paused or disabled').action(list);
  remoteNamed(task.command('show <task>')).description('one task and its newest runs').action(show);
  remoteNamed(task.command('run <task>'))
    .description('run it now; with --wait until it has ended, and then exit as it did')
    .option('-w, --wait', 'wait for the end, and print what it writes')
    .option('--timeout <seconds>', 'of the waiting', '3600')
    .action(async (given: string, options: RunTaskOptions) => await runTask(given, options));
  streamOptions(remoteNamed(task.command('logs <task> [run]')))
    .description('print what a run wrote, both streams in order; without a number the newest')
    .option('-f, --follow', 'go on as more is written')
    .option('-n, --tail <lines>', 'begin with the last lines')
    .option('--search <text>', 'only lines that hold this text')
    .action(logs);
  remoteNamed(task.command('why <task> [run]')).description('why a run is as it is: what became of each try; without a number the newest').action(why);
  remoteNamed(task.command('notices <task>'))
    .description('who was told what, and what became of it, the newest first')
    .option('--status <status>', 'pending, sending, retrying, delivered, failed or dropped')
    .action(notices);
  remoteNamed(task.command('next <task>'))
    .description('when it fires next, and what was decided of its slots')
    .option('-n, --count <count>', 'how many of each', '10')
    .action(next);
  remoteNamed(task.command('backfill <task>'))
    .description('run the slots of a span that is past, those that nobody has decided')
    .requiredOption('--from <time>', 'its first moment, 2026-01-01T00:00:00Z')
    .requiredOption('--to <time>', 'its end, which is not in it')
    .action(backfill);
  remoteNamed(task.command('pause <task>')).description('run no slot until it is resumed; it can be run by hand').action(setStatus('paused'));
  remoteNamed(task.command('resume <task>')).description('run the slots that come from now on').action(setStatus('active'));
  remoteNamed(task.command('cancel <task> [run]')).description('stop a run; without a number the newest').action(cancel);
  remoteNamed(task.command('delete <task>')).description('delete a task; its unfinished runs are cancelled').action(remove);
}

interface CreateOptions extends RemoteOptions {
  readonly file?: string;
  readonly name?: string;
  readonly schedule?: string;
  readonly timezone?: string;
  readonly after?: readonly string[];
  readonly on: 'success' | 'failure' | 'always';
  readonly notifyUrl?: string;
  readonly notifyOn: string;
}

async function create(words: readonly string[], given: CreateOptions): Promise<void> {
  const { file, name, schedule, timezone, after, on, notifyUrl, notifyOn, ...options } = given;
  const { api, format } = connect(options);
  if ((file === undefined) === (words.length === 0)) throw new Failure('say a file (-f), or a command line behind --');
  if (file === undefined && name === undefined) throw new Failure('--name is missing');
  // The server judges what the file says.
  const read = file === undefined ? undefined : await readDocuments(file);
  const made = {
    name: name ?? '',
    executor: 'shell' as const,
    command: words.join(' '),
    ...(schedule && { schedule }),
    ...(timezone && { timezone }),
    ...(after && { after: { tasks: after, on } }),
    ...(notifyUrl !== undefined && { notify: { on: notifyOn.split(',').map((each) => each.trim()), url: notifyUrl } }),
  };
  const bodies = (read ?? [made]) as Named[];
  const tasks: Tasks['ScheduledTask'][] = [];
  for (const body of bodies) {
    const answer = await bodyOf(api.POST('/api/tasks', { body: await numbered(api, body) }));
    warnOf(answer);
    tasks.push(answer.data);
  }
  if (format === 'json') printJson(tasks.length > 1 ? tasks : tasks[0]);
  else printLines(taskTable(tasks));
}

/** A body whose `after` may name tasks. */
type Named = Body & { readonly after?: { readonly tasks?: readonly (string | number)[] } };

/** Tasks are named by their numbers: what a file, or a command line, has for a name is looked up. */
async function numbered(api: ReturnType<typeof connect>['api'], body: Named): Promise<Body> {
  const named = body.after?.tasks;
  if (!Array.isArray(named) || named.every((each) => typeof each === 'number')) return body as Body;
  const tasks: number[] = [];
  for (const each of named as readonly unknown[]) tasks.push(typeof each === 'number' ? each : (await findTask(api, String(each))).id);
  return { ...body, after: { ...body.after, tasks } } as Body;
}

async function list({ status, ...options }: RemoteOptions & { readonly status?: string }): Promise<void> {
  const { api, format } = connect(options);
  const tasks = await allTasks(api, status === undefined ? {} : { status: status as Tasks['ScheduledTask']['status'] });
  if (format === 'json') printJson(tasks);
  else printLines(taskTable(tasks));
}

async function show(given: string, options: NamingOptions): Promise<void> {
  const { api, format } = connect(options);
  const task = await findTask(api, given, options);
  const { data: runs } = await bodyOf(api.GET('/api/tasks/{task_id}/runs', { params: { path: { task_id: String(task.id) }, query: { size: 10 } } }));
  if (format === 'json') printJson({ ...task, runs });
  else printLines([...taskPage(task), '', ...runTable(runs)]);
}

interface LogsOptions extends NamingOptions, StreamOptions {
  readonly follow?: boolean;
  readonly tail?: string;
  readonly search?: string;
}

async function logs(given: string, run: string | undefined, { follow, tail, stream, search, ...options }: LogsOptions): Promise<void> {
  const { api } = connect(options);
  const path = await pathOf(api, given, run, options);
  const query = {
    ...(stream !== undefined && { stream }),
    ...(follow === true && { follow }),
    ...(tail !== undefined && { tail: wholeNumber(tail, '-n') }),
    ...(search !== undefined && { search }),
  };
  const answer = await api.GET('/api/tasks/{task_id}/runs/{run_id}/logs', { params: { path, query }, parseAs: 'stream' });
  if (answer.response.headers.has('x-muster-log-end')) warnLine('The worker of this run does not have its log: this is the end of it, as it was kept.');
  if (follow === true) for await (const line of followedLines(textOf(Promise.resolve(answer)))) await printPiece(`${line}\n`);
  else for await (const bytes of bytesOf(Promise.resolve(answer))) await printPiece(bytes);
}

async function why(given: string, run: string | undefined, options: NamingOptions): Promise<void> {
  const { api, format } = connect(options);
  const path = await pathOf(api, given, run, options);
  const { data } = await bodyOf(api.GET('/api/tasks/{task_id}/runs/{run_id}', { params: { path } }));
  if (format === 'json') return printJson(data);
  const { data: newest } = await bodyOf(api.GET('/api/tasks/{task_id}/notices', { params: { path: { task_id: path.task_id }, query: { size: 100 } } }));
  const told = newest.filter((notice) => notice.run_id === data.id);
  const clock = clockLines(await scheduleOf(api, path.task_id));
  printLines([...whyPage(data), ...(told.length === 0 ? [] : ['', ...noticeTable(told)]), ...(clock.length === 0 ? [] : ['', ...clock])]);
}

async function notices(given: string, { status, ...options }: NamingOptions & { readonly status?: string }): Promise<void> {
  const { api, format } = connect(options);
  const { id } = await findTask(api, given, options);
  const query = { size: 100, ...(status !== undefined && { status: status as Tasks['TaskNotice']['status'] }) };
  const { data } = await bodyOf(api.GET('/api/tasks/{task_id}/notices', { params: { path: { task_id: String(id) }, query } }));
  if (format === 'json') printJson(data);
  else printLines(noticeTable(data));
}

async function next(given: string, { count, ...options }: NamingOptions & { readonly count: string }): Promise<void> {
  const { api, format } = connect(options);
  const task = await findTask(api, given, options);
  const { id } = task;
  const many = wholeNumber(count, '-n');
  const { data } = await bodyOf(api.GET('/api/tasks/{task_id}/schedule', { params: { path: { task_id: String(id) }, query: { next: many, past: many } } }));
  if (format === 'json') printJson(data);
  else printLines(scheduleLines(data, task));
}

async function backfill(given: string, { from, to, ...options }: NamingOptions & { readonly from: string; readonly to: string }): Promise<void> {
  const { api, format } = connect(options);
  const { id } = await findTask(api, given, options);
  const { data } = await bodyOf(api.POST('/api/tasks/{task_id}/backfill', { params: { path: { task_id: String(id) } }, body: { from, to } }));
  if (format === 'json') printJson(data);
  else printLines(backfillLines(data));
}

function setStatus(status: 'active' | 'paused') {
  return async (given: string, options: NamingOptions): Promise<void> => {
    const { api, format } = connect(options);
    const { id } = await findTask(api, given, options);
    const { data } = await bodyOf(api.PUT('/api/tasks/{task_id}', { params: { path: { task_id: String(id) } }, body: { status } }));
    if (format === 'json') printJson(data);
    else printLines(taskTable([data]));
  };
}

async function cancel(given: string, run: string | undefined, options: NamingOptions): Promise<void> {
  const { api, format } = connect(options);
  const { data } = await bodyOf(api.POST('/api/tasks/{task_id}/runs/{run_id}/cancel', { params: { path: await pathOf(api, given, run, options) } }));
  if (format === 'json') printJson(data);
  else printLines(runTable([data]));
}

async function remove(given: string, options: NamingOptions): Promise<void> {
  const { api, format } = connect(options);
  const { id, name } = await findTask(api, given, options);
  await api.DELETE('/api/tasks/{task_id}', { params: { path: { task_id: String(id) } } });
  if (format === 'json') printJson({ id, name, message: 'deleted' });
  else
    printFields([
      ['Task', `${id} ${name}`],
      ['Message', 'deleted'],
    ]);
}

/** What the schedule of a task says of the clock. */
async function scheduleOf(api: ReturnType<typeof connect>['api'], task: string): Promise<Tasks['TaskSchedule']> {
  return (await bodyOf(api.GET('/api/tasks/{task_id}/schedule', { params: { path: { task_id: task }, query: { next: 1, past: 0 } } }))).data;
}

/** The run of a task; without a number the newest. */
async function pathOf(
  api: ReturnType<typeof connect>['api'],
  given: string,
  run: string | undefined,
  as: ReadAs,
): Promise<{ task_id: string; run_id: string }> {
  const { id } = await findTask(api, given, as);
  if (run !== undefined) return { task_id: String(id), run_id: String(wholeNumber(run, 'run')) };
  const { data } = await bodyOf(api.GET('/api/tasks/{task_id}/runs', { params: { path: { task_id: String(id) }, query: { size: 1 } } }));
  const [newest] = data;
  if (newest === undefined || newest.status === 'skipped')
    throw new Failure([`task ${id} has not run yet`, ...clockLines(await scheduleOf(api, String(id))), `When it will: muster task next ${id}`].join('\n'));
  return { task_id: String(id), run_id: String(newest.id) };
}
