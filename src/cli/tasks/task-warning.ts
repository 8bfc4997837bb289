import { printable, warnLine } from '../shared/output.js';

const DONE = ['Task created', 'Task updated'];

/** Prints the server's warning about a created or changed task on standard error. */
export function warnOf({
  message,
  data: { name },
}: {
  readonly message: string;
  readonly data: { readonly name: string };
}): void {
  if (!DONE.includes(message)) warnLine(printable(`${name}: ${message}`));
}
