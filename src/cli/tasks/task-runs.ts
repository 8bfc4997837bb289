import type { Command } from 'commander';
import { bodyOf, type Api, type Tasks } from '../shared/client.js';
import { Failure } from '../shared/failure.js';
import { connectList, printList, remoteList, type ListOptions, type ListView } from '../shared/list.js';
import { allTasks, findTask } from '../shared/lookup.js';
import { named } from '../shared/options.js';
import type { ReadAs } from '../shared/resolve-prefix.js';
import { timeOf } from '../shared/since.js';
import { statusColumn, timeColumn, wideColumn } from '../shared/table.js';

type Status = Tasks['TaskRunStatusFilter'];
type ListedRun = Tasks['TaskRunOrSlot'] & { readonly task_name: string };

/** Does not compile if it lacks a status of the OpenAPI description. */
const RUN_STATUSES: Readonly<Record<Status, true>> = {
  pending: true,
  running: true,
  success: true,
  failed: true,
  timeout: true,
  cancelled: true,
  retrying: true,
  skipped: true,
};

const RUN_LIST: ListView<ListedRun> = {
  headings: [
    'TASK',
    'NAME',
    'RUN',
    statusColumn('STATUS'),
    'TRIGGER',
    'BY',
    wideColumn(timeColumn('SLOT')),
    timeColumn('STARTED'),
    'SECONDS',
    'EXIT',
    'REASON',
  ],
  row: (run) => {
    const { task_id: task, task_name: name, status, trigger, slot, reason } = run;
    const common = [String(task), name];
    return run.status === 'skipped'
      ? [...common, '-', status, trigger, '-', slot ?? '-', '-', '-', '-', reason ?? '-']
      : [
          ...common,
          String(run.id),
          status,
          trigger,
          run.created_by_name ?? '-',
          slot ?? '-',
          run.started_at ?? '-',
          String(run.duration_seconds ?? '-'),
          String(run.exit_code ?? '-'),
          reason ?? '-',
        ];
  },
  name: (run) => (run.status === 'skipped' ? `${run.task_id}` : `${run.task_id}/${run.id}`),
  statuses: Object.keys(RUN_STATUSES),
};

interface RunsOptions extends ListOptions, ReadAs {
  readonly all?: true;
  readonly since?: string;
}

/** How many runs are shown without `--limit`. */
const USUAL = 20;

export function addTaskRuns(task: Command): void {
  named(remoteList(task.command('runs [task]'), RUN_LIST))
    .description(
      `list the runs of a task, newest first, or of all tasks (the newest ${USUAL} without --limit)`,
    )
    .option('-a, --all', 'runs of all tasks')
    .option('--since <time>', 'only runs since this time, such as 14:32, or relative, such as 7d')
    .action(listRuns);
}

async function listRuns(given: string | undefined, { all, since, ...options }: RunsOptions): Promise<void> {
  if ((given === undefined) === (all === undefined)) throw new Failure('pass either a task or --all');
  const api = connectList(options);
  const { limit = USUAL, status } = options;
  const query = {
    ...(status !== undefined && { status: status as Status }),
    ...(since !== undefined && { from: new Date(timeOf(since)).toISOString() }),
  };
  const tasks = given === undefined ? await allTasks(api, {}) : [await findTask(api, given, options)];
  // Sorting and prefixes concern all runs. Otherwise one more than is shown tells whether there are more.
  const isWhole = options.sort !== undefined || options.prefix !== undefined;
  const ofTask = async ({
    id,
    name,
  }: {
    readonly id: number;
    readonly name: string;
  }): Promise<ListedRun[]> => {
    const found = await runsOf(api, id, query, isWhole ? Infinity : limit + 1);
    return found.map((run) => ({ ...run, task_name: name }));
  };
  // Only lists of all tasks need it, and every command would have to load it.
  const { requestLimit } = await import('../shared/request-limit.js');
  const runs = await requestLimit().map(tasks, ofTask);
  const newest = runs.flat().sort((one, other) => (timeIn(one) < timeIn(other) ? 1 : -1));
  await printList(RUN_LIST, { ...options, limit }, newest, (shown) => shown);
}

async function runsOf(
  api: Api,
  task: number,
  query: { readonly status?: Status; readonly from?: string },
  most: number,
): Promise<Tasks['TaskRunOrSlot'][]> {
  const found: Tasks['TaskRunOrSlot'][] = [];
  for (let page = 1, pages = 1; page <= pages && found.length < most; page += 1) {
    const params = {
      path: { task_id: String(task) },
      query: { ...query, page, size: Math.min(100, most) },
    };
    const { data, pagination } = await bodyOf(api.GET('/api/tasks/{task_id}/runs', { params }));
    found.push(...data);
    pages = pagination.pages;
  }
  return found;
}

/** When a run was created, or the slot of a run that was skipped. */
function timeIn(run: ListedRun): string {
  return run.status === 'skipped' ? (run.slot ?? '') : run.created_at;
}
