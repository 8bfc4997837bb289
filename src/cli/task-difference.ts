import { isDeepStrictEqual } from 'node:util';
import { comparedName } from '#domain/plain-name.js';

/** A task in the words of a request, with every default. */
export type Described = Readonly<Record<string, unknown>> & { readonly name: string };

/** One field of a task that is not as it should be. */
export interface FieldDifference {
  readonly field: string;
  /** Undefined: it is not there. */
  readonly from: unknown;
  readonly to: unknown;
}

/** Everything that is to be done so that tasks are as files say. */
export interface TaskDifference<Task> {
  readonly create: readonly Described[];
  readonly update: readonly { readonly task: Task; readonly fields: readonly FieldDifference[] }[];
  /** They are of the set, and no file names them any more. */
  readonly surplus: readonly Task[];
  readonly unchanged: number;
}

/** A task that is there. */
export interface Standing<Task> {
  readonly task: Task;
  readonly body: Described;
}

/** What differs between files and tasks, which are told apart by their names. `isOfSet`: whether a task was made by files of this set. */
export function differenceOf<Task>(
  wanted: readonly Described[],
  standing: readonly Standing<Task>[],
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
  const surplus = standing.filter(({ body }) => !named.has(comparedName(body.name)) && isOfSet(body)).map(({ task }) => task);
  return { create, update, surplus, unchanged: wanted.length - create.length - update.length };
}

function fieldsThatDiffer(before: Described, after: Described): FieldDifference[] {
  const fields = [...new Set([...Object.keys(after), ...Object.keys(before)])];
  return fields
    .map((field) => ({ field, from: before[field], to: after[field] }))
    .filter(({ field, from, to }) => field !== 'name' && !isDeepStrictEqual(from, to));
}

/** What is sent to change a task: null takes a field away; who is to follow nobody follows none of no tasks. */
export function changeOf(fields: readonly FieldDifference[]): Record<string, unknown> {
  return Object.fromEntries(fields.map(({ field, to }) => [field, to ?? (field === 'after' ? { tasks: [] } : null)]));
}
