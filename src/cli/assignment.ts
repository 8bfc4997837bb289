import { Failure } from './failure.js';

/** `NAME=value` as a pair; the value may hold anything. Throws a {@link Failure} for what has no `=`. */
export function assignment(text: string): [string, string] {
  const [, name, value] = /^([^=]+)=([\s\S]*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new Failure(`${text}: write NAME=value`);
  return [name, value];
}
