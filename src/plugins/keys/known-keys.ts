import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasCode } from '#agents/platform/error-code.js';
import { writeFileDurably } from '#agents/platform/files/durable-file.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { KNOWN_KEYS_FILE, type Sealer } from '#src/engine/sealing/index.js';

/** Stored instead if the keys were created after data had been sealed with others. */
const LOST = 'lost';
const SEALED = 'sealed:1:';

/** Returns whether the keys are those with which the log was sealed, and remembers them when they are first used. */
export async function areKnownKeys(
  directory: string,
  sealer: Pick<Sealer, 'storeId' | 'isNew'>,
  log: Pick<EventStore, 'readAll'>,
): Promise<boolean> {
  const file = join(directory, KNOWN_KEYS_FILE);
  let known = read(file);
  if (known === undefined) {
    known = sealer.isNew && (await hasSealed(log)) ? LOST : sealer.storeId;
    await writeFileDurably(file, `${known}\n`);
  }
  return known === sealer.storeId;
}

async function hasSealed(log: Pick<EventStore, 'readAll'>): Promise<boolean> {
  for await (const page of log.readAll()) if (page.some(({ data }) => data.includes(SEALED))) return true;
  return false;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
