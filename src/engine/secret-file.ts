import { readSecretFile, SecretFileError } from '#agents/platform/files/secret-file.js';
import { reasonOf } from './system-error.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Docker and Compose mount secrets here, as a rule with mode 0444. Only the container sees them, and no other programs run in a server's container. */
const CONTAINER_SECRETS = '/run/secrets/';

/** Returns the name of the variable with the path of the file from which a secret setting can also be read. */
export function fileVariable(setting: string): string {
  return `${setting}_FILE`;
}

export interface GivenSecret {
  /** Undefined if neither the setting nor its file is set. */
  readonly text: string | undefined;
  /** Path of the file that it was read from. */
  readonly file?: string;
}

/** Reads a secret setting from the environment or its file. Messages about problems do not contain the value. */
export function givenSecret(
  setting: string,
  environment: Environment,
): GivenSecret | { readonly problem: string } {
  const variable = fileVariable(setting);
  const [text, file] = [environment[setting], environment[variable]];
  if (file === undefined || file === '') return { text };
  if (text !== undefined && text !== '')
    return { problem: `${variable}: cannot be set together with ${setting}` };
  const read = readSecret(file);
  return 'problem' in read ? { problem: `${variable}: ${read.problem}` } : { text: read.text, file };
}

/** Like {@link givenSecret}, for commands that need a single setting. Throws if the file cannot be used. */
export function secretSetting(setting: string, environment: Environment = process.env): string | undefined {
  const given = givenSecret(setting, environment);
  if ('problem' in given) throw new Error(given.problem);
  return given.text;
}

function readSecret(file: string): { readonly text: string } | { readonly problem: string } {
  try {
    return { text: readSecretFile(file, CONTAINER_SECRETS) };
  } catch (error) {
    if (error instanceof SecretFileError) return { problem: error.message };
    return { problem: `${file} cannot be read: ${reasonOf(error)}` };
  }
}
