import type { Command } from 'commander';
import { bodyOf, type Tasks } from '../client.js';
import { Failure } from '../failure.js';
import { connect, remote, type RemoteOptions } from '../options.js';
import { printJson, printLines } from '../output.js';
import { workerPage, workerTable } from '../views/worker.js';
import { wholeNumber } from '../whole-number.js';

/** `muster worker …` */
export function addWorkerCommands(program: Command): void {
  const worker = program
    .command('worker')
    .description('what carries out the runs of tasks, for the account that is logged in (muster login); one is named by its id');
  remote(worker.command('list'))
    .description('all workers')
    .option('--status <status>', 'online, offline or busy')
    .option('--tag <tag>', 'only those that have it')
    .action(list);
  remote(worker.command('show <worker>')).description('one worker, what it has and what runs there').action(show);
  remote(worker.command('set <worker>'))
    .description('set up a worker; what runs there goes on')
    .option('--max-tasks <count>', 'slots that it has for tasks')
    .option('--tags <tags>', 'all of its tags, by commas; "" for none')
    .option('--enable', 'give it new runs')
    .option('--disable', 'give it none')
    .action(set);
}

interface ListOptions extends RemoteOptions {
  readonly status?: string;
  readonly tag?: string;
}

async function list({ status, tag, ...options }: ListOptions): Promise<void> {
  const { api, format } = connect(options);
  const query = { ...(status !== undefined && { status: status as Tasks['Worker']['status'] }), ...(tag !== undefined && { tag }) };
  const { data } = await bodyOf(api.GET('/api/workers', { params: { query } }));
  if (format === 'json') printJson(data);
  else printLines(workerTable(data));
}

async function show(id: string, options: RemoteOptions): Promise<void> {
  const { api, format } = connect(options);
  const { data } = await bodyOf(api.GET('/api/workers/{worker_id}', { params: { path: { worker_id: id } } }));
  if (format === 'json') printJson(data);
  else printLines(workerPage(data));
}

interface SetOptions extends RemoteOptions {
  readonly maxTasks?: string;
  readonly tags?: string;
  readonly enable?: boolean;
  readonly disable?: boolean;
}

async function set(id: string, { maxTasks, tags, enable, disable, ...options }: SetOptions): Promise<void> {
  const { api, format } = connect(options);
  if (enable === true && disable === true) throw new Failure('say either --enable or --disable');
  const body = {
    ...(maxTasks !== undefined && { max_tasks: wholeNumber(maxTasks, '--max-tasks') }),
    ...(tags !== undefined && { tags: tags === '' ? [] : tags.split(',') }),
    ...(enable === true && { enabled: true }),
    ...(disable === true && { enabled: false }),
  };
  if (Object.keys(body).length === 0) throw new Failure('say what to set: --max-tasks, --tags, --enable or --disable');
  const { data } = await bodyOf(api.PUT('/api/workers/{worker_id}', { params: { path: { worker_id: id } }, body }));
  if (format === 'json') printJson(data);
  else printLines(workerTable([data]));
}
