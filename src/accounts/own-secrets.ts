import { randomBytes, randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { syncPath } from '#src/engine/sync-path.js';

export type SecretFile = 'data.key' | 'jwt.key' | 'join.key';

/** Reads 32 bytes from a file of the data directory. The file is created once, readable only by its owner, and synced before use. */
export function ownSecret(directory: string, name: SecretFile): Buffer {
  const file = join(directory, name);
  const known = read(file);
  if (known !== undefined) return known;
  // Not the process id, which is the same at each start of a container, so that a crash's leftover would block later starts.
  const made = `${file}.${randomUUID()}`;
  const descriptor = openSync(made, 'wx', 0o600);
  try {
    writeSync(descriptor, `${randomBytes(32).toString('base64')}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  try {
    // Never overwrite an existing file: everything sealed with it would be lost.
    linkSync(made, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(made);
  }
  syncPath(directory);
  const kept = read(file);
  if (kept === undefined) throw new Error(`${file} is gone again`);
  return kept;
}

function read(file: string): Buffer | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const bytes = Buffer.from(text.trim(), 'base64');
  if (bytes.byteLength !== 32) throw new Error(`${file} does not hold 32 bytes in base64`);
  return bytes;
}
