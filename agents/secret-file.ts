import { readFileSync, statSync } from 'node:fs';

/** Permission bits with which other users could read a secret, or its group could change it. */
const TOO_OPEN = 0o026;

/** Reads a file with one secret and an optional newline. Throws if other users of the machine may read or change it. */
export function readSecretFile(file: string): string {
  const { mode } = statSync(file);
  if ((mode & TOO_OPEN) !== 0)
    throw new Error(`${file} may be read or changed by other users of this machine: chmod 600 ${file}`);
  const text = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  if (text === '') throw new Error(`${file} is empty`);
  return text;
}
