import { Failure } from './failure.js';

/** Throws a {@link Failure} that says all that is wrong with a file, a line each. */
export function refuseFile(file: string, problems: readonly string[]): never {
  const [first, ...others] = problems;
  throw new Failure(others.length === 0 ? `${first}` : `${file} has ${problems.length} problems:\n${problems.join('\n')}`);
}
