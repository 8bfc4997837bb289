import type { Command } from 'commander';
import { bodyOf, everyPage } from '../shared/client.js';
import { Failure } from '../shared/failure.js';
import { findWorker, orElse } from '../shared/lookup.js';
import { connect, remote, remoteRead, type RemoteOptions } from '../shared/options.js';
import { printJson, printLines } from '../shared/output.js';
import { connectList, printList, remoteList, type ListOptions as Listed } from '../shared/list.js';
import { WORKER_LIST, workerPage, workerTable } from './worker-view.js';
import { wholeNumber } from '../shared/whole-number.js';

export function addWorkerCommands(program: Command): void {
  const worker = program
    .command('worker')
    .description(
      'manage workers, which execute the runs of tasks (log in first); refer to a worker by its id, its name, or a unique prefix of either',
    );
  remoteList(worker.command('list'), WORKER_LIST)
    .description('list workers')
    .option('--tag <tag>', 'only workers with this tag')
    .action(list);
  remoteRead(worker.command('show <worker>'))
    .description('show a worker, its resources and its runs')
    .action(show);
  remote(worker.command('set <worker>'))
    .description('configure a worker; its runs continue')
    .option('--max-tasks <count>', 'maximum number of concurrent tasks')
    .option('--tags <tags>', 'all of its tags, comma-separated; "" for none')
    .option('--enable', 'allow new runs')
    .option('--disable', 'forbid new runs')
    .action(set);
}

interface ListOptions extends Listed {
  readonly tag?: string;
}

async function list({ tag, ...options }: ListOptions): Promise<void> {
  const api = connectList(options);
  const query = tag === undefined ? {} : { tag };
  const workers = await everyPage(
    async (page) => await bodyOf(api.GET('/api/workers', { params: { query: { ...query, ...page } } })),
  );
  await printList(WORKER_LIST, options, workers, (shown) => shown);
}

async function show(id: string, options: RemoteOptions): Promise<void> {
  const { api, format, look } = connect(options);
  const { data } = await orElse(
    async (worker) =>
      await bodyOf(api.GET('/api/workers/{worker_id}', { params: { path: { worker_id: worker } } })),
    id,
    async () => await findWorker(api, id),
  );
  if (format === 'json') printJson(data);
  else printLines(workerPage(data, look));
}

interface SetOptions extends RemoteOptions {
  readonly maxTasks?: string;
  readonly tags?: string;
  readonly enable?: boolean;
  readonly disable?: boolean;
}

async function set(id: string, { maxTasks, tags, enable, disable, ...options }: SetOptions): Promise<void> {
  const { api, format, look } = connect(options);
  if (enable === true && disable === true) throw new Failure('pass either --enable or --disable');
  const body = {
    ...(maxTasks !== undefined && { max_tasks: wholeNumber(maxTasks, '--max-tasks') }),
    ...(tags !== undefined && { tags: tags === '' ? [] : tags.split(',') }),
    ...(enable === true && { enabled: true }),
    ...(disable === true && { enabled: false }),
  };
  if (Object.keys(body).length === 0)
    throw new Failure('nothing to change: pass --max-tasks, --tags, --enable or --disable');
  const { data } = await orElse(
    async (worker) =>
      await bodyOf(api.PUT('/api/workers/{worker_id}', { params: { path: { worker_id: worker } }, body })),
    id,
    async () => await findWorker(api, id),
  );
  if (format === 'json') printJson(data);
  else printLines(workerTable([data], look));
}
