import { randomBytes, randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { syncPath } from '#src/engine/sync-path.js';

/** The file of a secret that this installation made for itself. */
export type SecretFile = 'data.key' | 'jwt.key' | 'join.key';

/** 32 bytes from a file of the data directory: made once, readable by its owner alone, and on the disk before they are used. */
export function ownSecret(directory: string, name: SecretFile): Buffer {
  const file = join(directory, name);
  const known = read(file);
  if (known !== undefined) return known;
  // No process id: in a container it is the same at each start, and what a killed one left would be in the way of every later one.
  const made = `${file}.${randomUUID()}`;
  const descriptor = openSync(made, 'wx', 0o600);
  try {
    writeSync(descriptor, `${randomBytes(32).toString('base64')}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  try {
    // Never over one that is there: what it has sealed would be lost.
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
