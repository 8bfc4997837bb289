import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Catalog } from '#domain/kernel/catalog/index.js';
import { idOf } from '#domain/kernel/event/index.js';
import { CLUSTER_SUBJECT, personOf, subjectOf, tenantSubject } from '#domain/kernel/sealing/index.js';
import type { EventStore, RecordedEvent } from '#domain/kernel/ports/event-store.js';
import type { Check, Finding } from '#src/engine/read-models/index.js';
import {
  compareWithCheckpoint,
  compareWithOwnTree,
  describeAltered,
  findLoss,
  leavesOfTiles,
  openTreeWith,
} from '#src/features/transparency/index.js';
import { KEYS_FILE, KNOWN_KEYS_FILE } from '#src/engine/sealing/index.js';
import { Sqlite } from '#src/engine/sqlite.js';
import { warnLine } from '../shared/output.js';
import { cutStreamsCheck } from './cut-streams.js';
import { describeEvent } from './described-event.js';
import type { KeptCheckpoint } from './tlog.js';

const KEYS_CHECK = 'sealing-keys';
const SEALED = /"(sealed:1:[^"]+)"/g;
const TENANT = /"tenantId":"([^"\\]+)"/;
/** Maximum number of keys that are named. Further ones are only counted. */
const NAMED = 20;

export interface CheckedLog {
  readonly checks: readonly Check[];
  readonly findings: readonly Finding[];
}

/** Checks of the log itself. Everything else is compared with the log, so it is only compared with one that passes them. */
export function logChecks(
  dataDir: string,
  kept: KeptCheckpoint | undefined,
  catalog: Pick<Catalog, 'isOwnStream'>,
): readonly Check[] {
  return [
    ...(kept === undefined ? [] : [checkpointCheck(kept, dataDir, catalog)]),
    signedLogCheck(dataDir, catalog),
    seenLogCheck(dataDir, catalog),
    cutStreamsCheck(catalog),
  ];
}

export async function checkLog(log: EventStore, checks: readonly Check[]): Promise<CheckedLog> {
  const findings: Finding[] = [];
  for (const check of checks) findings.push(...(await check.run(log)));
  return { checks, findings };
}

/** Checks that the first events are those of an auditor's checkpoint, and names the first one that differs. */
function checkpointCheck(
  { checkpoint, known }: KeptCheckpoint,
  dataDir: string,
  catalog: Pick<Catalog, 'isOwnStream'>,
): Check {
  return {
    name: 'checkpoint',
    async run(log) {
      // After a fork, the tree that was signed is one that was set aside.
      const tiles = openTreeWith(dataDir, checkpoint);
      try {
        const own =
          tiles && leavesOfTiles(checkpoint.size, (n, width) => tiles.tile(0, n, width) ?? Buffer.alloc(0));
        const difference = await compareWithCheckpoint(ownEvents(log, catalog), checkpoint, known ?? own);
        if (difference === undefined) return [];
        const { problem, event } = difference;
        return [
          {
            check: 'checkpoint',
            subject: checkpoint.origin,
            problem: event === undefined ? problem : `${problem}: now it is ${describeEvent(event)}`,
          },
        ];
      } finally {
        tiles?.close();
      }
    },
  };
}

/** Checks that the first events are those that this data directory has read and signed, and names those that differ. */
function signedLogCheck(dataDir: string, { isOwnStream }: Pick<Catalog, 'isOwnStream'>): Check {
  const check = 'signed-log';
  return {
    name: check,
    async run(log) {
      const compared = await compareWithOwnTree(dataDir, log, isOwnStream);
      if (compared === undefined) return [];
      const { size, named, altered, problem, restoredAt } = compared;
      if (restoredAt !== undefined)
        warnLine(
          `the log was restored: ${size - restoredAt} of the ${size} events that were signed are gone, from entry ${restoredAt} on; "muster tlog status" shows whether this was adopted`,
        );
      const found = (text: string): Finding => ({ check, subject: 'the log:', problem: text });
      return [
        ...named.map((entry) => found(describeAltered(entry))),
        ...(problem === undefined ? [] : [found(problem)]),
        ...(altered > named.length && problem === undefined
          ? [found(`${altered - named.length} further entries differ`)]
          : []),
      ];
    },
  };
}

/** Checks that the log has the newest event that this data directory has read. */
function seenLogCheck(dataDir: string, { isOwnStream }: Pick<Catalog, 'isOwnStream'>): Check {
  const check = 'log-complete';
  return {
    name: check,
    async run(log) {
      const loss = await findLoss(dataDir, log, isOwnStream, true);
      return loss === undefined || loss.accepted ? [] : [{ check, subject: dataDir, problem: loss.problem }];
    },
  };
}

async function* ownEvents(
  log: EventStore,
  { isOwnStream }: Pick<Catalog, 'isOwnStream'>,
): AsyncGenerator<RecordedEvent> {
  for await (const page of log.readAll())
    for (const event of page) if (isOwnStream(event.stream)) yield event;
}

/** Checks that keys.db has the key of everything that is sealed in the embedded log, except of erased accounts. */
export function lostKeysCheck(dataDir: string, catalog: Pick<Catalog, 'isOurs'>): Check {
  return {
    name: KEYS_CHECK,
    async run(log) {
      // Before the first start of a server, the directory of an imported log has no keys.
      if (![KEYS_FILE, KNOWN_KEYS_FILE].some((name) => existsSync(join(dataDir, name)))) return [];
      const kept = keysIn(join(dataDir, KEYS_FILE));
      const lost = [...(await neededIn(log, catalog))].filter((subject) => !kept.has(subject));
      const found = lost
        .slice(0, NAMED)
        .map((subject) => `${KEYS_FILE} lacks the key of ${subject}, but no event erased it`);
      if (lost.length > NAMED) found.push(`${KEYS_FILE} lacks ${lost.length - NAMED} further keys`);
      return found.map((problem) => ({ check: KEYS_CHECK, subject: dataDir, problem }));
    },
  };
}

/**
 * Returns the subjects whose keys are needed. A registration that was not completed leaves no key. A text of a user may look like a sealed one, so only
 * tenants with accounts count.
 */
async function neededIn(
  log: Pick<EventStore, 'readAll'>,
  { isOurs }: Pick<Catalog, 'isOurs'>,
): Promise<ReadonlySet<string>> {
  const needed = new Set<string>();
  const accounts = new Set<string>();
  const tenants = new Set([CLUSTER_SUBJECT]);
  for await (const page of log.readAll())
    for (const event of page.filter(isOurs)) {
      if (event.type === 'UserRegistered') {
        accounts.add(idOf(event.stream));
        const tenant = TENANT.exec(event.data)?.[1];
        if (tenant !== undefined) tenants.add(tenantSubject(tenant));
      }
      if (event.type === 'UserErased') accounts.delete(idOf(event.stream));
      for (const [, text] of event.data.matchAll(SEALED)) {
        const subject = subjectOf(text!);
        if (subject !== undefined) needed.add(subject);
      }
    }
  return new Set(
    [...needed].filter((subject) => {
      const person = personOf(subject);
      return person === undefined ? tenants.has(subject) : accounts.has(person);
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
