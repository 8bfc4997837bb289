import { Failure } from '../shared/failure.js';

/** Throws a {@link Failure} that lists problems, one line each. `verdict` says what they have in common. */
export function refuseFile(file: string, problems: readonly string[], verdict?: string): never {
  const [first, ...others] = problems;
  const many = others.length === 0 ? undefined : `${file} has ${problems.length} problems`;
  const title = verdict === undefined ? many : `${file} ${verdict}`;
  throw new Failure(title === undefined ? `${first}` : `${title}:\n${problems.join('\n')}`);
}
