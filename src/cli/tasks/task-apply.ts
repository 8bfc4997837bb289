import { hostname } from 'node:os';
import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import { isMusterError } from '#domain/kernel/errors/index.js';
import { checkNewName } from '#domain/kernel/plain-name.js';
import { bodyOf, type Api, type Tasks } from '../shared/client.js';
import { confirm } from '../shared/confirm.js';
import { EXIT_DIFFERS, Failure } from '../shared/failure.js';
import { allTasks } from '../shared/lookup.js';
import { connect, remote, type RemoteOptions } from '../shared/options.js';
import { printJson, printLines } from '../shared/output.js';
import { changeOf, differenceOf, type Described, type TaskDifference } from './task-difference.js';
import { readTasks } from './task-files.js';
import { topologicalOrder, KnownTasks } from './task-dependencies.js';
import { warnOf } from './task-warning.js';
import { differenceLines } from './task-difference-view.js';

type Task = Tasks['ScheduledTask'];

const SET = 'muster/applied';
/** Host and path from which a task was created or its labels were last changed. Not compared, because checkouts differ between machines. */
const FROM = 'muster/applied-from';
const MAX_LABEL = 256;

interface ApplyOptions extends RemoteOptions {
  readonly file: readonly string[];
  readonly set?: string;
  readonly prune?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

export function addTaskApply(task: Command): void {
  remote(task.command('apply'))
    .description(
      'create, change and delete tasks to match files, after showing the differences; with --dry-run, exits 3 if something differs',
    )
    .requiredOption('-f, --file <path...>', 'JSON or YAML files, or folders of them, with all folders below')
    .option(
      '--set <name>',
      `name of this set of files, stored in the label ${SET} of their tasks (default: the name of the first folder or file)`,
    )
    .option(
      '--prune',
      'delete tasks of the set that are no longer in any file; requires --set if the tasks were applied from elsewhere, or if no file has a task',
    )
    .option('--dry-run', 'only show the differences')
    .option('--yes', 'do not ask for confirmation')
    .action(apply);
}

async function apply({
  file,
  set: given,
  prune = false,
  dryRun = false,
  yes = false,
  ...options
}: ApplyOptions): Promise<void> {
  const { api, format } = connect(options);
  const [set, from] = [given ?? setOf(file), originOf(file)];
  const read = await readTasks(file);
  const { taskBodies } = await import('#src/surfaces/tasks/index.js');
  const { shownBody } = await taskBodies();
  // Names are unique within a tenant. Administrators see all tenants, and must not change a task with the same name in a different tenant.
  const tasks = await allTasks(api, { own: true });
  const known = new KnownTasks(tasks);
  const wanted = read.map((body) => known.named({ ...body, labels: { ...labelsOf(body), [SET]: set } }));
  const standing = tasks.map((task) => ({
    task,
    body: known.named(withoutOrigin(shownBody(task) as Described)),
  }));
  const difference = differenceOf(wanted, standing, (body) => labelsOf(body)[SET] === set);
  const todo = difference.create.length + difference.update.length + (prune ? difference.surplus.length : 0);
  if (format === 'json') printJson(summary(difference));
  else printLines(differenceLines(difference, prune));
  if (todo === 0) return;
  if (dryRun) throw new Failure('the tasks differ from the files', EXIT_DIFFERS);
  checkChanges(difference);
  checkDependencies(difference, tasks, prune);
  if (prune && given === undefined)
    await confirmSet(difference.surplus, { set, from, isEmpty: wanted.length === 0 });
  if (!yes) await confirm('Apply these changes?', 'pass --yes, or --dry-run to only show the differences');
  await applyChanges(api, difference, known, { prune, from });
}

/** A set without a given name is known by the last part of a path, which another checkout may share, so its deletions must be confirmed despite `--yes`. */
async function confirmSet(
  surplus: readonly Task[],
  { set, from, isEmpty }: { readonly set: string; readonly from: string; readonly isEmpty: boolean },
): Promise<void> {
  const [foreign] = surplus.filter(({ labels }) => labels[FROM] !== from);
  if (surplus.length === 0 || (foreign === undefined && !isEmpty)) return;
  const reason =
    foreign === undefined
      ? `the files have no task, so all tasks of the set ${set} would be deleted`
      : `task ${foreign.name} of the set ${set} was applied from ${foreign.labels[FROM] ?? 'elsewhere'}`;
  await confirm(`${reason}. Delete anyway?`, `${reason}; pass --set ${set} to delete it`);
}

function withoutOrigin(body: Described): Described {
  const { [FROM]: _, ...labels } = labelsOf(body);
  return { ...body, labels };
}

function withOrigin(body: Described, from: string): Described {
  return body['labels'] === undefined ? body : { ...body, labels: { ...labelsOf(body), [FROM]: from } };
}

function summary({ create, update, surplus, unchanged }: TaskDifference<Task>) {
  return {
    create: create.map(({ name }) => name),
    update: update.map(({ task, fields }) => ({
      id: task.id,
      name: task.name,
      fields: fields.map(({ field }) => field),
    })),
    surplus: surplus.map(({ id, name }) => ({ id, name })),
    unchanged,
  };
}

function checkChanges({ create, update }: TaskDifference<Task>): void {
  for (const { name } of create) {
    try {
      checkNewName('name', name, 'number');
    } catch (error) {
      throw isMusterError(error) ? new Failure(`${name}: ${error.message}`) : error;
    }
  }
  for (const { task, fields } of update)
    if (
      fields.some(({ field, to }) => field === 'expect' && to === undefined) &&
      !fields.some(({ field }) => field === 'executor')
    )
      throw new Failure(
        `${task.name}: expect cannot be removed from a task; delete the task first: muster task delete ${task.name}`,
      );
}

function checkDependencies(
  { create, update, surplus }: TaskDifference<Task>,
  tasks: readonly Task[],
  prune: boolean,
): void {
  const stay = tasks.filter((task) => !prune || !surplus.includes(task));
  const names = new KnownTasks([...stay, ...topologicalOrder(create).map(({ name }) => ({ id: 0, name }))]);
  for (const body of [...create, ...update.map(changed)]) names.numbered(body);
}

function changed({ task, fields }: TaskDifference<Task>['update'][number]): Described {
  // `expect` is removed automatically when the executor changes.
  return {
    ...changeOf(fields.filter(({ field, to }) => field !== 'expect' || to !== undefined)),
    name: task.name,
  };
}

async function applyChanges(
  api: Api,
  { create, update, surplus }: TaskDifference<Task>,
  known: KnownTasks,
  { prune, from }: { readonly prune: boolean; readonly from: string },
): Promise<void> {
  const path = ({ id }: Task) => ({ params: { path: { task_id: String(id) } } });
  // Deletions come first, because a new task may take the name of a deleted one.
  if (prune) for (const task of surplus) await api.DELETE('/api/tasks/{task_id}', path(task));
  for (const body of topologicalOrder(create)) {
    const answer = await bodyOf(
      api.POST('/api/tasks', {
        body: known.numbered(withOrigin(body, from)) as unknown as Tasks['TaskRequest'],
      }),
    );
    warnOf(answer);
    known.add(answer.data);
  }
  for (const each of update)
    warnOf(
      await bodyOf(
        api.PUT('/api/tasks/{task_id}', {
          ...path(each.task),
          body: known.numbered(withOrigin(changed(each), from)) as unknown as Tasks['TaskChange'],
        }),
      ),
    );
}

function labelsOf({ labels }: Described): Readonly<Record<string, string>> {
  return (labels ?? {}) as Readonly<Record<string, string>>;
}

function originOf([first = '.']: readonly string[]): string {
  return `${hostname()}:${first === '-' ? first : resolve(first)}`.slice(-MAX_LABEL);
}

function setOf([first = '.']: readonly string[]): string {
  return first === '-' ? 'stdin' : basename(resolve(first));
}
