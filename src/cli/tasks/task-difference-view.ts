import type { TaskDifference } from './task-difference.js';

const SEALED: ReadonlySet<string> = new Set(['environment', 'arguments', 'headers', 'body']);
const MAX_LENGTH = 200;

/** Returns one line for each change and each changed field. With `prune`, tasks that are not in any file are shown as deleted. */
export function differenceLines<Task extends { readonly name: string }>(
  difference: TaskDifference<Task>,
  prune: boolean,
): string[] {
  const { create, update, surplus, unchanged } = difference;
  return [
    ...create.map(({ name }) => `+ ${name}`),
    ...update.flatMap(({ task, fields }) => [
      `~ ${task.name}`,
      ...fields.map(
        ({ field, from, to }) =>
          `    ${field}: ${SEALED.has(field) ? 'changes' : `${shown(from)} -> ${shown(to)}`}`,
      ),
    ]),
    ...surplus.map(({ name }) =>
      prune ? `- ${name}` : `  ${name} is no longer in any file; delete it with --prune`,
    ),
    `${create.length} to create, ${update.length} to change, ${prune ? surplus.length : 0} to delete, ${unchanged} unchanged`,
  ];
}

function shown(value: unknown): string {
  const text = value === undefined ? '(none)' : JSON.stringify(value);
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
}
