import { randomBytes, randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { syncPath } from '#src/engine/sync-path.js';
import { hasCode } from '#agents/platform/error-code.js';

export type SecretFile = 'data.key' | 'jwt.key' | 'join.key';

/** Reads 32 bytes from a file in the data directory. A missing file is created once, readable only by its owner, and synced before use. */
export function ownSecret(directory: string, name: SecretFile): Buffer {
  const file = join(directory, name);
  const known = read(file);
  if (known !== undefined) return known;
  // Random, because the process id is the same whenever a container starts: a file left over from a crash would block later starts.
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
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    unlinkSync(made);
  }
  syncPath(directory);
  const kept = read(file);
  if (kept === undefined) throw new Error(`${file} was removed while it was being created`);
  return kept;
}

function read(file: string): Buffer | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  const bytes = Buffer.from(text.trim(), 'base64');
  if (bytes.byteLength !== 32) throw new Error(`${file} does not contain 32 bytes in base64`);
  return bytes;
}
