import { comparedName } from '#domain/plain-name.js';
import { Failure } from './failure.js';
import type { Described } from './task-difference.js';

/** The tasks that one follows, as a file names them: by their names, or by their numbers. */
type Forerunners = readonly (string | number)[];

interface Follows {
  readonly tasks: Forerunners;
}

/** Which tasks a described one follows. */
export function dependenciesOf({ after }: Described): Forerunners {
  return (after as Follows | null | undefined)?.tasks ?? [];
}

/** Reads a body that may name forerunners by what takes numbers alone, and gives it its names back. */
export function withNamedDependencies(said: unknown, read: (body: unknown) => Described): Described {
  const tasks = (said as { readonly after?: { readonly tasks?: unknown } } | null)?.after?.tasks;
  if (!Array.isArray(tasks) || !tasks.some(isName)) return read(said);
  // Numbers that no task has stand in for the names meanwhile; the same name twice is still the same twice.
  const named = [...new Set(tasks.filter(isName).map(comparedName))];
  const { after, ...body } = said as Described;
  const whole = read({
    ...body,
    after: {
      ...(after as Follows),
      tasks: tasks.map((each) => (isName(each) ? Number.MAX_SAFE_INTEGER - named.indexOf(comparedName(each)) : (each as unknown))),
    },
  });
  return { ...whole, after: { ...(whole['after'] as Follows), tasks: tasks as Forerunners } };
}

/** Tasks as they are there, by name and by number. */
export class KnownTasks {
  readonly #numbers = new Map<string, number>();
  readonly #names = new Map<number, string>();

  constructor(tasks: readonly { readonly id: number; readonly name: string }[]) {
    for (const task of tasks) this.add(task);
  }

  add({ id, name }: { readonly id: number; readonly name: string }): void {
    this.#numbers.set(comparedName(name), id);
    this.#names.set(id, comparedName(name));
  }

  /** With names in place of the numbers of tasks that are known: so two bodies can be compared, and read. */
  named(body: Described): Described {
    return this.#with(body, (each) => (isName(each) ? comparedName(each) : (this.#names.get(each) ?? each)));
  }

  /** With numbers in place of names, as a server takes it. Throws a {@link Failure} for a name that nobody has. */
  numbered(body: Described): Described {
    return this.#with(body, (each) => {
      const number = isName(each) ? this.#numbers.get(comparedName(each)) : each;
      if (number === undefined) throw new Failure(`${body.name}: after.tasks names ${each}, and there is no such task, and none to be made`);
      return number;
    });
  }

  #with(body: Described, change: (each: string | number) => string | number): Described {
    if (body['after'] === undefined || body['after'] === null) return body;
    return { ...body, after: { ...(body['after'] as Follows), tasks: dependenciesOf(body).map(change) } };
  }
}

/** Tasks that are to be made, each behind those that it follows. Throws a {@link Failure} that names a circle. */
export function topologicalOrder(tasks: readonly Described[]): readonly Described[] {
  const byName = new Map(tasks.map((task) => [comparedName(task.name), task]));
  const sorted = new Set<Described>();
  const visit = (task: Described, way: readonly string[]): void => {
    if (sorted.has(task)) return;
    const at = way.indexOf(task.name);
    if (at >= 0) throw new Failure(`after.tasks: a circle: ${[...way.slice(at), task.name].join(' after ')}`);
    for (const each of dependenciesOf(task)) {
      const forerunner = byName.get(comparedName(String(each)));
      if (forerunner !== undefined && isName(each)) visit(forerunner, [...way, task.name]);
    }
    sorted.add(task);
  };
  for (const task of tasks) visit(task, []);
  return [...sorted];
}

function isName(each: unknown): each is string {
  return typeof each === 'string';
}
