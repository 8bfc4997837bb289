import { printable, warnLine } from './output.js';

/** What a server says where there is nothing to say. */
const DONE = ['Task created', 'Task updated'];

/** Says on standard error what a server has to say of a task that it made or changed. */
export function warnOf({ message, data: { name } }: { readonly message: string; readonly data: { readonly name: string } }): void {
  if (!DONE.includes(message)) warnLine(printable(`${name}: ${message}`));
}
