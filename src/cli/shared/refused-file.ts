import { Failure } from './failure.js';

export function refuseFile(file: string, problems: readonly string[]): never {
  const [first, ...others] = problems;
  throw new Failure(
    others.length === 0 ? `${first}` : `${file} has ${problems.length} problems:\n${problems.join('\n')}`,
  );
}
