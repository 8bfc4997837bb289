import path from 'node:path';
import type { Clock } from '#domain/kernel/ports/clock.js';
import { errorFields, type AgentLog } from '../platform/log.js';
import { appendTo, machineDisk, replace, replaceDurably, type Disk } from '../platform/files/disk.js';
import { KeyedLog, type Opened } from './keyed-log.js';
import { allocationRecord, type AllocationRecord } from './record.js';

/** How many ids of removed allocations are remembered. Removed allocations must never start again. */
const REMEMBERED = 50_000;
const COMPACTION_MS = 5_000;
const MAX_COMPACTION_INTERVAL_MS = 60_000;
const COMPACTION_SHARE = 100;

export interface JournalOptions {
  readonly remembered?: number;
  readonly disk?: Disk;
}

/** Write-ahead journal of the agent: one log holds the allocation records, a second one the ids of removed allocations. Saves share syncs. */
export class Journal {
  readonly #directory: string;
  readonly #disk: Disk;
  readonly #records: KeyedLog;
  readonly #forgotten: KeyedLog;
  readonly #remembered: number;
  #failed = false;

  private constructor(
    directory: string,
    disk: Disk,
    records: KeyedLog,
    forgotten: KeyedLog,
    remembered: number,
  ) {
    this.#directory = directory;
    this.#disk = disk;
    this.#records = records;
    this.#forgotten = forgotten;
    this.#remembered = remembered;
  }

  static async open(
    directory: string,
    log: AgentLog,
    options: JournalOptions = {},
  ): Promise<{ journal: Journal; records: AllocationRecord[] }> {
    const { remembered = REMEMBERED, disk = machineDisk } = options;
    await disk.makeFolder(directory);
    for (const name of await disk.list(directory))
      if (name.endsWith('.tmp')) await disk.remove(path.join(directory, name));
    const [saved, gone] = [
      await KeyedLog.open(path.join(directory, 'records.log'), savedIds, disk),
      await KeyedLog.open(path.join(directory, 'forgotten.log'), forgottenIds, disk),
    ];
    for (const [name, opened] of Object.entries({ 'records.log': saved, 'forgotten.log': gone }))
      await logDamage(disk, path.join(directory, name), opened, log);
    const unreadable = [...saved.lost];
    const found = new Map<string, AllocationRecord>();
    for (const [id, value] of saved.entries) {
      const parsed = allocationRecord.safeParse(value);
      if (parsed.success) found.set(id, parsed.data);
      else {
        const file = path.join(directory, `${id}.unreadable`);
        log.error({ file, ...errorFields(parsed.error) }, 'agent.journal.unreadable');
        await replace(disk, file, Buffer.from(JSON.stringify(value)));
        unreadable.push(id);
      }
    }
    for (const id of [...gone.entries.keys(), ...gone.lost, ...unreadable]) gone.log.keep(id, forgotten);
    for (const id of gone.log.keys()) found.delete(id);
    for (const [id, record] of found) saved.log.keep(id, () => record);

    const journal = new Journal(directory, disk, saved.log, gone.log, remembered);
    journal.#trim(remembered);
    const changed = unreadable.length > 0;
    if (changed || gone.log.isStale) await gone.log.compact();
    try {
      if (changed || saved.log.isStale || found.size < saved.entries.size) await saved.log.compact();
    } catch (error) {
      journal.#failed = true;
      log.error(errorFields(error), 'agent.journal.not-compacted');
    }
    return {
      journal,
      records: [...found.values()].sort((left, right) => (left.allocationId < right.allocationId ? -1 : 1)),
    };
  }

  /** Resolves when the record is durable. `record` is called when it is written, and again whenever the file is rewritten. */
  save(allocationId: string, record: () => AllocationRecord): Promise<void> {
    return this.#noticed(this.#records.put(allocationId, record));
  }

  /** Stores the id of an ended allocation, then drops its record. */
  async forget(allocationId: string): Promise<void> {
    await this.#noticed(this.#forgotten.put(allocationId, forgotten));
    this.#records.drop(allocationId);
    if (this.#forgotten.size > 2 * this.#remembered) this.#trim(this.#remembered);
  }

  /** Returns whether the journal can be written. After a failure it tries again, so that freed space is detected. */
  async isHealthy(): Promise<boolean> {
    if (!this.#failed) return true;
    const probe = path.join(this.#directory, 'probe');
    this.#failed = await replaceDurably(this.#disk, probe, 'x'.repeat(4096)).then(
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

const forgotten = (): true => true;

function savedIds(damaged: string): string[] {
  return [...damaged.matchAll(/"allocationId":"([^"\\]+)"/g)].map(([, id = '']) => id);
}

function forgottenIds(damaged: string): string[] {
  return [...damaged.matchAll(/\["([^"\\]+)",true\]/g)].map(([, id = '']) => id);
}

async function logDamage(
  disk: Disk,
  file: string,
  { damaged, lost, torn }: Opened,
  log: AgentLog,
): Promise<void> {
  if (torn > 0) log.warn({ file, bytes: torn }, 'agent.journal.torn');
  if (damaged.length === 0) return;
  const aside = `${file}.unreadable`;
  log.error({ file: aside, allocations: lost }, 'agent.journal.damaged');
  await appendTo(disk, aside, Buffer.concat(damaged.flatMap((line) => [line, Buffer.from('\n')])));
}
