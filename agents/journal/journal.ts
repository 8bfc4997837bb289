import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '#domain/kernel/ports/clock.js';
import { errorFields, type AgentLog } from '../log.js';
import { writeFileDurably } from './durable-file.js';
import { readLegacyFiles } from './legacy-files.js';
import { KeyedLog, type Opened, type Sync } from './keyed-log.js';
import { allocationRecord, type AllocationRecord } from './record.js';

/** Removed allocations must never start again, so this many of their ids are remembered. */
const REMEMBERED = 50_000;
/** Obsolete data, which may be secret, leaves the disk within this time, or within a hundred times the duration of a compaction if that is longer. */
const COMPACTION_MS = 5_000;
const MAX_COMPACTION_INTERVAL_MS = 60_000;
const COMPACTION_SHARE = 100;

export interface JournalOptions {
  readonly remembered?: number;
  readonly sync?: Sync;
}

/** Write-ahead journal of the agent: one log holds the record of each allocation, another the ids of removed ones. Saves during a write share the next sync. */
export class Journal {
  readonly #directory: string;
  readonly #records: KeyedLog;
  readonly #forgotten: KeyedLog;
  readonly #remembered: number;
  #failed = false;

  private constructor(directory: string, records: KeyedLog, forgotten: KeyedLog, remembered: number) {
    this.#directory = directory;
    this.#records = records;
    this.#forgotten = forgotten;
    this.#remembered = remembered;
  }

  /**
   * Opens the journal and reads every record, sorted by id. It truncates an incomplete write of a crash and moves damaged or invalid data away;
   * allocations in it count as removed, since they may have run and must not start again. It migrates the files of older agents.
   */
  static async open(
    directory: string,
    log: AgentLog,
    options: JournalOptions = {},
  ): Promise<{ journal: Journal; records: AllocationRecord[] }> {
    const { remembered = REMEMBERED, sync } = options;
    await mkdir(directory, { recursive: true, mode: 0o700 });
    // An unfinished draft has no meaning and may contain a task's secrets.
    for (const name of await readdir(directory))
      if (name.endsWith('.tmp')) await rm(path.join(directory, name), { force: true });
    const former = await readLegacyFiles(directory, log);
    const [saved, gone] = [
      await KeyedLog.open(path.join(directory, 'records.log'), savedIds, sync),
      await KeyedLog.open(path.join(directory, 'forgotten.log'), forgottenIds, sync),
    ];
    for (const [name, opened] of Object.entries({ 'records.log': saved, 'forgotten.log': gone }))
      await logDamage(directory, name, opened, log);
    const unreadable = [...saved.lost, ...(former?.unreadable ?? [])];
    const found = new Map((former?.records ?? []).map((record) => [record.allocationId, record]));
    for (const [id, value] of saved.entries) {
      found.delete(id);
      const parsed = allocationRecord.safeParse(value);
      if (parsed.success) found.set(id, parsed.data);
      else {
        const file = path.join(directory, `${id}.unreadable`);
        log.error({ file, ...errorFields(parsed.error) }, 'agent.journal.unreadable');
        await writeFile(file, JSON.stringify(value), { mode: 0o600 });
        unreadable.push(id);
      }
    }
    for (const id of [...(former?.forgotten ?? []), ...gone.entries.keys(), ...gone.lost, ...unreadable])
      gone.log.keep(id, forgotten);
    for (const id of gone.log.keys()) found.delete(id);
    for (const [id, record] of found) saved.log.keep(id, () => record);

    const journal = new Journal(directory, saved.log, gone.log, remembered);
    journal.#trim(remembered);
    const changed = former !== undefined || unreadable.length > 0;
    if (changed || gone.log.isStale) await gone.log.compact();
    try {
      if (changed || saved.log.isStale || found.size < saved.entries.size) await saved.log.compact();
      await former?.remove();
    } catch (error) {
      journal.#failed = true;
      log.error(errorFields(error), 'agent.journal.not-compacted');
    }
    return {
      journal,
      records: [...found.values()].sort((left, right) => (left.allocationId < right.allocationId ? -1 : 1)),
    };
  }

  /** Resolves when the record is durable. `record` is called at the moment of writing, and again whenever the file is rewritten. */
  save(allocationId: string, record: () => AllocationRecord): Promise<void> {
    return this.#noticed(this.#records.put(allocationId, record));
  }

  /** Drops the record of an ended allocation after storing its id. */
  async forget(allocationId: string): Promise<void> {
    await this.#noticed(this.#forgotten.put(allocationId, forgotten));
    this.#records.drop(allocationId);
    if (this.#forgotten.size > 2 * this.#remembered) this.#trim(this.#remembered);
  }

  /** Whether the journal can be written. After a failure this retries, so that freed space is noticed. */
  async isHealthy(): Promise<boolean> {
    if (!this.#failed) return true;
    this.#failed = await writeFileDurably(path.join(this.#directory, 'probe'), 'x'.repeat(4096)).then(
      () => false,
      () => true,
    );
    return !this.#failed;
  }

  wasForgotten(allocationId: string): boolean {
    return this.#forgotten.has(allocationId);
  }

  async run(clock: Clock, signal: AbortSignal): Promise<void> {
    let pause = COMPACTION_MS;
    while (!signal.aborted) {
      await clock.sleep(pause, signal);
      const began = clock.monotonic();
      if (!signal.aborted) await this.compact().catch(() => (this.#failed = true));
      pause = Math.min(
        MAX_COMPACTION_INTERVAL_MS,
        Math.max(COMPACTION_MS, (clock.monotonic() - began) * COMPACTION_SHARE),
      );
    }
  }

  async compact(): Promise<void> {
    for (const each of [this.#forgotten, this.#records]) if (each.isStale) await each.compact();
  }

  async close(): Promise<void> {
    await this.compact().catch(() => undefined);
    for (const each of [this.#forgotten, this.#records]) await each.close();
  }

  async #noticed(written: Promise<void>): Promise<void> {
    try {
      await written;
    } catch (error) {
      this.#failed = true;
      throw error;
    }
  }

  #trim(remembered: number): void {
    let surplus = this.#forgotten.size - remembered;
    for (const id of this.#forgotten.keys()) {
      if (surplus <= 0) break;
      this.#forgotten.drop(id);
      surplus -= 1;
    }
  }
}

/** The value stored under the id of a removed allocation. */
const forgotten = (): true => true;

function savedIds(damaged: string): string[] {
  return [...damaged.matchAll(/"allocationId":"([^"\\]+)"/g)].map(([, id = '']) => id);
}

function forgottenIds(damaged: string): string[] {
  return [...damaged.matchAll(/\["([^"\\]+)",true\]/g)].map(([, id = '']) => id);
}

async function logDamage(
  directory: string,
  name: string,
  { damaged, lost, torn }: Opened,
  log: AgentLog,
): Promise<void> {
  const file = path.join(directory, name);
  if (torn > 0) log.warn({ file, bytes: torn }, 'agent.journal.torn');
  if (damaged.length === 0) return;
  const aside = `${file}.unreadable`;
  log.error({ file: aside, allocations: lost }, 'agent.journal.damaged');
  await writeFile(aside, damaged.map((line) => `${line.toString('latin1')}\n`).join(''), {
    mode: 0o600,
    flag: 'a',
    encoding: 'latin1',
  });
}
