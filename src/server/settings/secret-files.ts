import { readFileSync, statSync } from 'node:fs';
import { reasonOf } from '#src/engine/system-error.js';
import { SETTINGS } from './table.js';

/**
 * Names of settings that contain a secret, or a URL with a password. Each can also be read from a file, whose path is in the variable with the
 * suffix `_FILE`.
 */
export const SECRET_SETTINGS: readonly string[] = SETTINGS.filter(({ secret }) => secret)
  .map(({ name }) => name)
  .sort();

type Environment = Readonly<Record<string, string | undefined>>;

/** Secrets are short. A larger file is a mistake, such as the path of a log. */
const MAX_BYTES = 65_536;

export function fileVariable(setting: string): string {
  return `${setting}_FILE`;
}

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
    const variable = fileVariable(setting);
    const file = environment[variable];
    delete result[variable];
    if (file === undefined || file === '') continue;
    if (environment[setting] !== undefined && environment[setting] !== '') {
      problems.push(`${variable}: cannot be set together with ${setting}`);
      continue;
    }
    const read = readSecret(file);
    if ('problem' in read) problems.push(`${variable}: ${read.problem}`);
    else {
      result[setting] = read.text;
      files.set(setting, file);
    }
  }
  return { environment: result, files, problems };
}

/** Reads one setting from the environment or its file. Error messages do not contain the value. */
export function secretSetting(setting: string, environment: Environment = process.env): string | undefined {
  const variable = fileVariable(setting);
  const read = withSecretFiles({ [setting]: environment[setting], [variable]: environment[variable] });
  if (read.problems.length > 0) throw new Error(read.problems.join('\n'));
  return read.environment[setting];
}

export function nameFile(problem: string, files: WithSecretFiles['files']): string {
  const [setting = ''] = problem.split(':', 1);
  const file = files.get(setting);
  return file === undefined ? problem : `${fileVariable(setting)}: ${file}${problem.slice(setting.length)}`;
}

function readSecret(file: string): { readonly text: string } | { readonly problem: string } {
  let text: string;
  try {
    const found = statSync(file);
    if (found.isDirectory()) return { problem: `${file} is a directory` };
    if (found.size > MAX_BYTES) return { problem: `${file} is larger than ${String(MAX_BYTES)} bytes` };
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return { problem: `${file} cannot be read: ${reasonOf(error)}` };
  }
  // Editors and `echo` end a file with a newline, which is not part of the secret.
  text = text.replace(/\r?\n$/, '');
  return text === '' ? { problem: `${file} is empty` } : { text };
}
