import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileDurably } from '#agents/platform/files/durable-file.js';
import { processIds } from '../host/process-ids.js';
import { hasCode } from '#agents/platform/error-code.js';

const SERVER_ID_FILE = 'server-id';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Returns the server's id, which is created once per data directory. The directory's lock ensures that only one process uses it. */
export async function serverIdOf(directory: string): Promise<string> {
  const file = join(directory, SERVER_ID_FILE);
  const kept = readIfThere(file)?.trim();
  if (kept !== undefined && UUID.test(kept)) return kept;
  const made = processIds.uuid();
  await writeFileDurably(file, `${made}\n`);
  return made;
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
