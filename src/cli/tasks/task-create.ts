import { Option, type Command } from 'commander';
import { comparedName } from '#domain/kernel/plain-name.js';
import { bodyOf, type Api, type Tasks } from '../shared/client.js';
import { Failure } from '../shared/failure.js';
import { allTasks, findTask } from '../shared/lookup.js';
import { connect, remote, type RemoteOptions } from '../shared/options.js';
import { printJson, printLines } from '../shared/output.js';
import { shellLine } from '../shared/shell-words.js';
import { wholeNumber } from '../shared/whole-number.js';
import { dependenciesOf, KnownTasks, topologicalOrder } from './task-dependencies.js';
import type { Described } from './task-difference.js';
import { checkedTasks } from './task-files.js';
import { taskTable } from './task-view.js';
import { warnOf } from './task-warning.js';

type Task = Tasks['ScheduledTask'];

export function addTaskCreate(task: Command): void {
  remote(task.command('create [command...]'))
    .description(
      'create tasks from a JSON or YAML file, or one task from a command line: several words run exactly as given, a single word is a line for the shell',
    )
    .option('-f, --file <file>', 'JSON or YAML file (- for standard input)')
    .option('--name <name>', 'name of a task created from a command line')
    .option('--schedule <cron>', 'cron schedule (default: none, the task runs on request)')
    .addOption(
      new Option(
        '--day-match <rule>',
        "days of a schedule with day of month and day of week: those that match both (and), or either (or); default: as in Debian's cron",
      ).choices(['and', 'or']),
    )
    .option('--timezone <zone>', 'time zone of the schedule')
    .option(
      '--timeout-seconds <seconds>',
      'time limit of a run from a command line, after which it is stopped, up to a week (default: 3600, an hour)',
    )
    .option('--after <task...>', 'tasks that trigger this task when they finish')
    .addOption(
      new Option('--on <outcome>', 'with --after: which outcome of those tasks triggers this task')
        .choices(['success', 'failure', 'always'])
        .default('success'),
    )
    .option('--notify-url <url>', 'URL to send notifications to')
    .option(
      '--notify-on <what>',
      'with --notify-url: events to notify about, comma-separated: failure, recovery, missed, success',
      'failure',
    )
    .option(
      '--notify-waiting <seconds>',
      'with --notify-url: also notify of a run that waits this long for a worker',
    )
    .action(create);
}

interface CreateOptions extends RemoteOptions {
  readonly file?: string;
  readonly name?: string;
  readonly schedule?: string;
  readonly dayMatch?: 'and' | 'or';
  readonly timezone?: string;
  readonly timeoutSeconds?: string;
  readonly after?: readonly string[];
  readonly on: 'success' | 'failure' | 'always';
  readonly notifyUrl?: string;
  readonly notifyOn: string;
  readonly notifyWaiting?: string;
}

async function create(words: readonly string[], given: CreateOptions): Promise<void> {
  const {
    file,
    name,
    schedule,
    dayMatch,
    timezone,
    timeoutSeconds,
    after,
    on,
    notifyUrl,
    notifyOn,
    notifyWaiting,
    ...options
  } = given;
  const { api, format, look } = connect(options);
  if ((file === undefined) === (words.length === 0))
    throw new Failure('pass a file (-f), or a command line after --');
  if (file === undefined && name === undefined) throw new Failure('--name is missing');
  const read = file === undefined ? undefined : await checkedTasks([file]);
  const made = {
    name: name ?? '',
    executor: 'shell' as const,
    command: shellLine(words),
    ...(schedule && { schedule }),
    ...(dayMatch && { day_match: dayMatch }),
    ...(timezone && { timezone }),
    ...(timeoutSeconds !== undefined && {
      timeout_seconds: wholeNumber(timeoutSeconds, '--timeout-seconds'),
    }),
    ...(after && { after: { tasks: after, on } }),
    ...(notifyUrl !== undefined && {
      notify: {
        on: notifyOn.split(',').map((each) => each.trim()),
        url: notifyUrl,
        ...(notifyWaiting !== undefined && {
          waiting_seconds: wholeNumber(notifyWaiting, '--notify-waiting'),
        }),
      },
    }),
  };
  const tasks = await createTasks(api, (read ?? [made]) as Described[]);
  if (format === 'json') printJson(tasks.length > 1 ? tasks : tasks[0]);
  else printLines(taskTable(tasks, look));
}

/**
 * Creates all tasks or none, each after its dependencies. Before the first one is created, all names are looked up. If the server refuses one, those
 * before it are deleted again.
 */
export async function createTasks(api: Api, bodies: readonly Described[]): Promise<Task[]> {
  const resolved = await resolveNames(api, bodies);
  const known = new KnownTasks([]);
  const created: Task[] = [];
  for (const body of topologicalOrder(resolved)) {
    try {
      const request = known.numbered(body) as unknown as Tasks['TaskRequest'];
      const answer = await bodyOf(api.POST('/api/tasks', { body: request }));
      warnOf(answer);
      known.add(answer.data);
      created.push(answer.data);
    } catch (error) {
      if (bodies.length === 1 || !(error instanceof Failure)) throw error;
      throw new Failure(`${body.name}: ${error.message}\n${await undo(api, created)}`, error.status);
    }
  }
  // In the order of the file.
  return bodies.flatMap(({ name }) =>
    created.filter((task) => comparedName(task.name) === comparedName(name)),
  );
}

/** Replaces dependencies that are not in the list with their numbers. Throws a {@link Failure} with all names that are unknown or taken. */
async function resolveNames(api: Api, bodies: readonly Described[]): Promise<Described[]> {
  const listed = new Set(bodies.map(({ name }) => comparedName(name)));
  const taken = bodies.length === 1 ? [] : await allTasks(api, { own: true });
  const problems = taken
    .filter(({ name }) => listed.has(comparedName(name)))
    .map(({ name }) => `${name}: name: task ${name} already exists`);
  const resolved: Described[] = [];
  for (const body of bodies) {
    const tasks: (string | number)[] = [];
    for (const each of dependenciesOf(body)) {
      if (typeof each === 'number' || listed.has(comparedName(each))) tasks.push(each);
      else
        try {
          tasks.push((await findTask(api, each)).id);
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
          problems.push(bodies.length === 1 ? error.message : `${body.name}: after.tasks: ${error.message}`);
        }
    }
    resolved.push(tasks.length === 0 ? body : { ...body, after: { ...(body['after'] as object), tasks } });
  }
  if (problems.length > 0)
    throw new Failure([...problems, ...(bodies.length === 1 ? [] : ['no task was created'])].join('\n'));
  return resolved;
}

async function undo(api: Api, created: readonly Task[]): Promise<string> {
  const left: string[] = [];
  for (const { id, name } of created)
    await api
      .DELETE('/api/tasks/{task_id}', { params: { path: { task_id: String(id) } } })
      .catch(() => left.push(name));
  return left.length === 0 ? 'no task was created' : `created, and not deleted again: ${left.join(', ')}`;
}
