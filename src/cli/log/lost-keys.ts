import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isOurs } from '#domain/event-types/index.js';
import { idOf } from '#domain/kernel/event/index.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { personOf, subjectOf } from '#domain/kernel/sealing/index.js';
import type { Check } from '#src/engine/read-models/index.js';
import { KEYS_FILE, KNOWN_KEYS_FILE } from '#src/engine/sealing/index.js';
import { Sqlite } from '#src/engine/sqlite.js';

const CHECK = 'sealing-keys';
const SEALED = /"(sealed:1:[^"]+)"/g;
/** Maximum number of keys that are named. Further ones are only counted. */
const NAMED = 20;

/** Checks that keys.db has the key of everything that is sealed in the embedded log, except of erased accounts. */
export function lostKeysCheck(dataDir: string): Check {
  return {
    name: CHECK,
    async run(log) {
      // Before the first start of a server, the directory of an imported log has no keys.
      if (![KEYS_FILE, KNOWN_KEYS_FILE].some((name) => existsSync(join(dataDir, name)))) return [];
      const kept = keysIn(join(dataDir, KEYS_FILE));
      const lost = [...(await neededIn(log))].filter((subject) => !kept.has(subject));
      const found = lost
        .slice(0, NAMED)
        .map((subject) => `${KEYS_FILE} lacks the key of ${subject}, but no event erased it`);
      if (lost.length > NAMED) found.push(`${KEYS_FILE} lacks ${lost.length - NAMED} further keys`);
      return found.map((problem) => ({ check: CHECK, subject: dataDir, problem }));
    },
  };
}

/** Returns the subjects whose keys are needed. A registration that was not completed leaves no key. */
async function neededIn(log: Pick<EventStore, 'readAll'>): Promise<ReadonlySet<string>> {
  const needed = new Set<string>();
  const accounts = new Set<string>();
  for await (const page of log.readAll())
    for (const event of page.filter(isOurs)) {
      if (event.type === 'UserRegistered') accounts.add(idOf(event.stream));
      if (event.type === 'UserErased') accounts.delete(idOf(event.stream));
      for (const [, text] of event.data.matchAll(SEALED)) {
        const subject = subjectOf(text!);
        if (subject !== undefined) needed.add(subject);
      }
    }
  return new Set(
    [...needed].filter((subject) => {
      const person = personOf(subject);
      return person === undefined || accounts.has(person);
    }),
  );
}

function keysIn(file: string): ReadonlySet<string> {
  if (!existsSync(file)) return new Set();
  const db = new Sqlite(file, { readonly: true });
  try {
    return new Set(db.prepare<[], string>('SELECT subject FROM keys').pluck().all());
  } finally {
    db.close();
  }
}
