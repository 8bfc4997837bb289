import { readFileSync, statSync } from 'node:fs';

/** Permission bits that allow other users to read a secret, or its group to change it. */
const TOO_OPEN = 0o026;

export function readSecretFile(file: string): string {
  const { mode } = statSync(file);
  if ((mode & TOO_OPEN) !== 0)
    throw new Error(`${file} may be read or changed by other users of this machine: chmod 600 ${file}`);
  const text = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  if (text === '') throw new Error(`${file} is empty`);
  return text;
}
