import { isDeepStrictEqual } from 'node:util';
import { comparedName } from '#domain/kernel/plain-name.js';

/** A task in the format of a request, with all defaults filled in. */
export type Described = Readonly<Record<string, unknown>> & { readonly name: string };

export interface FieldDifference {
  readonly field: string;
  readonly from: unknown;
  readonly to: unknown;
}

export interface TaskDifference<Task> {
  readonly create: readonly Described[];
  readonly update: readonly { readonly task: Task; readonly fields: readonly FieldDifference[] }[];
  /** Tasks of this set that are no longer in any file. */
  readonly surplus: readonly Task[];
  readonly unchanged: number;
}

export interface ExistingTask<Task> {
  readonly task: Task;
  readonly body: Described;
}

/** Compares files with tasks by name. `isOfSet` returns whether a task was created from this set of files. */
export function differenceOf<Task>(
  wanted: readonly Described[],
  standing: readonly ExistingTask<Task>[],
  isOfSet: (task: Described) => boolean,
): TaskDifference<Task> {
  const there = new Map(standing.map((each) => [comparedName(each.body.name), each]));
  const named = new Set(wanted.map(({ name }) => comparedName(name)));
  const update = wanted.flatMap((body) => {
    const former = there.get(comparedName(body.name));
    const fields = former === undefined ? [] : fieldsThatDiffer(former.body, body);
    return former === undefined || fields.length === 0 ? [] : [{ task: former.task, fields }];
  });
  const create = wanted.filter(({ name }) => !there.has(comparedName(name)));
  const surplus = standing
    .filter(({ body }) => !named.has(comparedName(body.name)) && isOfSet(body))
    .map(({ task }) => task);
  return { create, update, surplus, unchanged: wanted.length - create.length - update.length };
}

function fieldsThatDiffer(before: Described, after: Described): FieldDifference[] {
  const fields = [...new Set([...Object.keys(after), ...Object.keys(before)])];
  return fields
    .map((field) => ({ field, from: before[field], to: after[field] }))
    .filter(({ field, from, to }) => field !== 'name' && !isDeepStrictEqual(from, to));
}

/** Returns the body of a change request: null removes a field, and an empty list removes the dependencies of a task. */
export function changeOf(fields: readonly FieldDifference[]): Record<string, unknown> {
  return Object.fromEntries(
    fields.map(({ field, to }) => [field, to ?? (field === 'after' ? { tasks: [] } : null)]),
  );
}
