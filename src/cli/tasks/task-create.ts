import { comparedName } from '#domain/kernel/plain-name.js';
import { bodyOf, type Api, type Tasks } from '../shared/client.js';
import { Failure } from '../shared/failure.js';
import { allTasks, findTask } from '../shared/lookup.js';
import { dependenciesOf, KnownTasks, topologicalOrder } from './task-dependencies.js';
import type { Described } from './task-difference.js';
import { warnOf } from './task-warning.js';

type Task = Tasks['ScheduledTask'];

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
