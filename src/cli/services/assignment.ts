import { Failure } from '../shared/failure.js';

/** Parses `NAME=value`; the value may contain anything. Throws a {@link Failure} without an `=`. */
export function assignment(text: string): [string, string] {
  const [, name, value] = /^([^=]+)=([\s\S]*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new Failure(`${text}: must be NAME=value`);
  return [name, value];
}
