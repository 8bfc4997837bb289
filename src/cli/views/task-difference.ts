import type { TaskDifference } from '../task-difference.js';

/** Fields that can hold secrets: that they differ is said, and not how. */
const SEALED: ReadonlySet<string> = new Set(['environment', 'arguments', 'headers', 'body']);
const LONGEST = 200;

/** What is to be done, a line for each task and each of its fields. `prune`: what no file names is deleted. */
export function differenceLines<Task extends { readonly name: string }>(difference: TaskDifference<Task>, prune: boolean): string[] {
  const { create, update, surplus, unchanged } = difference;
  return [
    ...create.map(({ name }) => `+ ${name}`),
    ...update.flatMap(({ task, fields }) => [
      `~ ${task.name}`,
      ...fields.map(({ field, from, to }) => `    ${field}: ${SEALED.has(field) ? 'changes' : `${shown(from)} -> ${shown(to)}`}`),
    ]),
    ...surplus.map(({ name }) => (prune ? `- ${name}` : `  ${name} is in no file any more; --prune deletes it`)),
    `${create.length} to make, ${update.length} to change, ${prune ? surplus.length : 0} to delete, ${unchanged} as they should be`,
  ];
}

function shown(value: unknown): string {
  const text = value === undefined ? '(none)' : JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
