import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import { isMusterError } from '#domain/errors/index.js';
import { checkNewName } from '#domain/plain-name.js';
import { taskBodies } from '#src/surfaces/tasks/index.js';
import { bodyOf, type Api, type Tasks } from '../client.js';
import { confirm } from '../confirm.js';
import { EXIT_DIFFERS, Failure } from '../failure.js';
import { allTasks } from '../lookup.js';
import { connect, remote, type RemoteOptions } from '../options.js';
import { printJson, printLines } from '../output.js';
import { changeOf, differenceOf, type Described, type TaskDifference } from '../task-difference.js';
import { readTasks } from '../task-files.js';
import { topologicalOrder, KnownTasks } from '../task-dependencies.js';
import { warnOf } from '../task-warning.js';
import { differenceLines } from '../views/task-difference.js';

type Task = Tasks['ScheduledTask'];

/** The label of tasks that were made of files; its value is the name of the set that these are. */
const SET = 'muster/applied';

interface ApplyOptions extends RemoteOptions {
  readonly file: readonly string[];
  readonly set?: string;
  readonly prune?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** `muster task apply` */
export function addTaskApply(task: Command): void {
  remote(task.command('apply'))
    .description('make tasks what files say, after showing what differs; exit status 3: with --dry-run something does')
    .requiredOption('-f, --file <path...>', 'files of JSON or YAML, or folders of them')
    .option('--set <name>', `what the files are called together, in the label ${SET} of their tasks; without: the name of the first folder or file`)
    .option('--prune', 'delete the tasks of the set that no file names any more')
    .option('--dry-run', 'only show what differs')
    .option('--yes', 'do not ask')
    .action(apply);
}

async function apply({ file, set = setOf(file), prune = false, dryRun = false, yes = false, ...options }: ApplyOptions): Promise<void> {
  const { api, format } = connect(options);
  const read = await readTasks(file);
  const { shownBody } = await taskBodies();
  // Names are one in a tenant: an administrator must not change another's of the same name.
  const tasks = await allTasks(api, { own: true });
  const known = new KnownTasks(tasks);
  const wanted = read.map((body) => known.named({ ...body, labels: { ...labelsOf(body), [SET]: set } }));
  const standing = tasks.map((task) => ({ task, body: known.named(shownBody(task) as Described) }));
  const difference = differenceOf(wanted, standing, (body) => labelsOf(body)[SET] === set);
  const todo = difference.create.length + difference.update.length + (prune ? difference.surplus.length : 0);
  if (format === 'json') printJson(inWords(difference));
  else printLines(differenceLines(difference, prune));
  if (todo === 0) return;
  if (dryRun) throw new Failure('the tasks differ from the files', EXIT_DIFFERS);
  checkChanges(difference);
  checkForerunners(difference, tasks, prune);
  if (!yes) await confirm('Do it?', 'say --yes to do it, or --dry-run to look');
  await carryOut(api, difference, known, prune);
}

/** Shown without what could be secret. */
function inWords({ create, update, surplus, unchanged }: TaskDifference<Task>) {
  return {
    create: create.map(({ name }) => name),
    update: update.map(({ task, fields }) => ({ id: task.id, name: task.name, fields: fields.map(({ field }) => field) })),
    surplus: surplus.map(({ id, name }) => ({ id, name })),
    unchanged,
  };
}

/** All that is known to be refused is said before anything is done. */
function checkChanges({ create, update }: TaskDifference<Task>): void {
  for (const { name } of create) {
    try {
      checkNewName('name', name, 'number');
    } catch (error) {
      throw isMusterError(error) ? new Failure(`${name}: ${error.message}`) : error;
    }
  }
  for (const { task, fields } of update)
    if (fields.some(({ field, to }) => field === 'expect' && to === undefined) && !fields.some(({ field }) => field === 'executor'))
      throw new Failure(`${task.name}: expect cannot be taken away from a task; delete it first: muster task delete ${task.name}`);
}

/** A name that no task will have, or a circle, is refused before anything is done. */
function checkForerunners({ create, update, surplus }: TaskDifference<Task>, tasks: readonly Task[], prune: boolean): void {
  const stay = tasks.filter((task) => !prune || !surplus.includes(task));
  const names = new KnownTasks([...stay, ...topologicalOrder(create).map(({ name }) => ({ id: 0, name }))]);
  for (const body of [...create, ...update.map(changed)]) names.numbered(body);
}

/** What is sent for a task that differs. */
function changed({ task, fields }: TaskDifference<Task>['update'][number]): Described {
  // With another executor, what is expected of an answer goes by itself.
  return { ...changeOf(fields.filter(({ field, to }) => field !== 'expect' || to !== undefined)), name: task.name };
}

async function carryOut(api: Api, { create, update, surplus }: TaskDifference<Task>, known: KnownTasks, prune: boolean): Promise<void> {
  const path = ({ id }: Task) => ({ params: { path: { task_id: String(id) } } });
  // A name that is let go of can be taken by another.
  if (prune) for (const task of surplus) await api.DELETE('/api/tasks/{task_id}', path(task));
  for (const body of topologicalOrder(create)) {
    const answer = await bodyOf(api.POST('/api/tasks', { body: known.numbered(body) as unknown as Tasks['TaskRequest'] }));
    warnOf(answer);
    known.add(answer.data);
  }
  for (const each of update)
    warnOf(await bodyOf(api.PUT('/api/tasks/{task_id}', { ...path(each.task), body: known.numbered(changed(each)) as unknown as Tasks['TaskChange'] })));
}

function labelsOf({ labels }: Described): Readonly<Record<string, string>> {
  return (labels ?? {}) as Readonly<Record<string, string>>;
}

function setOf([first = '.']: readonly string[]): string {
  return first === '-' ? 'stdin' : basename(resolve(first));
}
