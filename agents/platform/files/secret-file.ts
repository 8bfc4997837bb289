import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs';

/** Permission bits that allow other users to read a secret, or its group to change it. */
const TOO_OPEN = 0o026;
/** Secrets are short. A larger file is a mistake, such as the path of a log. */
const MAX_BYTES = 65_536;

/** A file that exists but cannot be used as a secret. The message starts with its path and does not contain its content. */
export class SecretFileError extends Error {
  override readonly name = 'SecretFileError';
}

/**
 * Reads a secret without its last newline, which editors and `echo` add. Throws a {@link SecretFileError}, or the error of the system. `exempt`: a
 * directory whose files other users of the machine cannot reach, so their permissions do not matter.
 */
export function readSecretFile(file: string, exempt?: string): string {
  // Without O_NONBLOCK, opening a FIFO waits for a writer.
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const problem = problemOf(file, fstatSync(descriptor), exempt);
    if (problem !== undefined) throw new SecretFileError(`${file} ${problem}`);
    const text = readFileSync(descriptor, 'utf8').replace(/\r?\n$/, '');
    if (text === '') throw new SecretFileError(`${file} is empty`);
    return text;
  } finally {
    closeSync(descriptor);
  }
}

function problemOf(file: string, found: Stats, exempt: string | undefined): string | undefined {
  if (found.isDirectory()) return 'is a directory';
  if (!found.isFile()) return 'is not a regular file: write the secret to a file that only its user can read';
  if (found.size > MAX_BYTES) return `is larger than ${MAX_BYTES} bytes`;
  if ((found.mode & TOO_OPEN) !== 0 && (exempt === undefined || !file.startsWith(exempt)))
    return `may be read or changed by other users of this machine: chmod 600 ${file}`;
  return undefined;
}
