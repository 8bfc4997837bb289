import { Failure } from '../shared/failure.js';

/** Parses `NAME=value`. The value may contain any characters. Throws a {@link Failure} if the name or the `=` is missing. */
export function assignment(text: string): [string, string] {
  const [, name, value] = /^([^=]+)=([\s\S]*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new Failure(`${text}: must be NAME=value`);
  return [name, value];
}
