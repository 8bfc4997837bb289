import { fileVariable, givenSecret, type Environment } from '#src/engine/secret-file.js';
import { SETTINGS } from './table.js';

/**
 * Names of settings that contain a secret, or a URL with a password. Each can also be read from a file, whose path is in the variable with the
 * suffix `_FILE`.
 */
export const SECRET_SETTINGS: readonly string[] = SETTINGS.filter(({ secret }) => secret)
  .map(({ name }) => name)
  .sort();

export interface WithSecretFiles {
  /** The environment, with the contents of the files as values. */
  readonly environment: Environment;
  readonly files: ReadonlyMap<string, string>;
  readonly problems: readonly string[];
}

export function withSecretFiles(environment: Environment): WithSecretFiles {
  const result: Record<string, string | undefined> = { ...environment };
  const files = new Map<string, string>();
  const problems: string[] = [];
  for (const setting of SECRET_SETTINGS) {
    delete result[fileVariable(setting)];
    const given = givenSecret(setting, environment);
    if ('problem' in given) problems.push(given.problem);
    else if (given.file !== undefined) {
      result[setting] = given.text;
      files.set(setting, given.file);
    }
  }
  return { environment: result, files, problems };
}

export function nameFile(problem: string, files: WithSecretFiles['files']): string {
  const [setting = ''] = problem.split(':', 1);
  const file = files.get(setting);
  return file === undefined ? problem : `${fileVariable(setting)}: ${file}${problem.slice(setting.length)}`;
}
