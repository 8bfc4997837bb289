import { comparedName } from '#domain/kernel/plain-name.js';
import { Failure } from '../shared/failure.js';
import type { Described } from './task-difference.js';

type TaskDependencies = readonly (string | number)[];

interface Follows {
  readonly tasks: TaskDependencies;
}

export function dependenciesOf({ after }: Described): TaskDependencies {
  return (after as Follows | null | undefined)?.tasks ?? [];
}

/** Uses a parser that accepts only numbers to parse a body whose dependencies may be names, and restores the names. */
export function withNamedDependencies(said: unknown, read: (body: unknown) => Described): Described {
  const tasks = (said as { readonly after?: { readonly tasks?: unknown } } | null)?.after?.tasks;
  if (!Array.isArray(tasks) || !tasks.some(isName)) return read(said);
  // Unused numbers replace the names during parsing. Duplicate names get the same number, so that duplicates are still detected.
  const named = [...new Set(tasks.filter(isName).map(comparedName))];
  const { after, ...body } = said as Described;
  const whole = read({
    ...body,
    after: {
      ...(after as Follows),
      tasks: tasks.map((each) =>
        isName(each) ? Number.MAX_SAFE_INTEGER - named.indexOf(comparedName(each)) : (each as unknown),
      ),
    },
  });
  return { ...whole, after: { ...(whole['after'] as Follows), tasks: tasks as TaskDependencies } };
}

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

  /** Replaces the numbers of known tasks with names, so that bodies can be compared and read. */
  named(body: Described): Described {
    return this.#with(body, (each) => (isName(each) ? comparedName(each) : (this.#names.get(each) ?? each)));
  }

  /** Replaces names with numbers, as the server requires. Throws a {@link Failure} if a name is unknown. */
  numbered(body: Described): Described {
    return this.#with(body, (each) => {
      const number = isName(each) ? this.#numbers.get(comparedName(each)) : each;
      if (number === undefined)
        throw new Failure(
          `${body.name}: after.tasks refers to ${each}, which does not exist and would not be created`,
        );
      return number;
    });
  }

  #with(body: Described, change: (each: string | number) => string | number): Described {
    if (body['after'] === undefined || body['after'] === null) return body;
    return { ...body, after: { ...(body['after'] as Follows), tasks: dependenciesOf(body).map(change) } };
  }
}

/** Sorts tasks so that each comes after its dependencies. Throws a {@link Failure} that names the cycle if there is one. */
export function topologicalOrder(tasks: readonly Described[]): readonly Described[] {
  const byName = new Map(tasks.map((task) => [comparedName(task.name), task]));
  const sorted = new Set<Described>();
  const visit = (task: Described, way: readonly string[]): void => {
    if (sorted.has(task)) return;
    const at = way.indexOf(task.name);
    if (at >= 0)
      throw new Failure(`after.tasks: circular dependency: ${[...way.slice(at), task.name].join(' after ')}`);
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
