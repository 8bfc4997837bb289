import { appendFile, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { errorFields, type AgentLog } from '../log.js';
import { syncDirectory, writeFileDurably } from './durable-file.js';
import { allocationRecord, type AllocationRecord } from './record.js';

/** What was forgotten must never start again. */
const REMEMBERED = 50_000;

/**
 * What the agent wrote down before it acted: a file for each allocation, replaced as a whole and synced, and a list
 * of the ids whose files are gone. Saves of one allocation are put in order, and merged where they pile up.
 */
export class Journal {
  readonly #directory: string;
  readonly #forgottenFile: string;
  readonly #forgotten: Set<string>;
  readonly #saving = new Map<string, Promise<void>>();
  readonly #waiting = new Map<string, { next: { record: () => AllocationRecord }; done: Promise<void> }>();

  #failed = false;
  /** The list's own name is durable. */
  #listed = false;

  private constructor(
    directory: string,
    forgotten: Set<string>,
    private readonly remembered: number,
  ) {
    this.#directory = directory;
    this.#forgottenFile = path.join(directory, 'forgotten.list');
    this.#forgotten = forgotten;
  }

  /**
   * Opens the journal and reads every record. A file that does not parse is put aside, never taken for absent. `remembered`: so many ids of
   * forgotten allocations are kept at least.
   */
  static async open(directory: string, log: AgentLog, remembered = REMEMBERED): Promise<{ journal: Journal; records: AllocationRecord[] }> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const records: AllocationRecord[] = [];
    const unreadable: string[] = [];
    for (const name of (await readdir(directory)).sort()) {
      const file = path.join(directory, name);
      // A draft that was never finished says nothing, and may hold a task's secrets.
      if (name.endsWith('.tmp')) await rm(file, { force: true });
      if (!name.endsWith('.json')) continue;
      try {
        records.push(allocationRecord.parse(JSON.parse(await readFile(file, 'utf8'))));
      } catch (error) {
        log.error({ file, ...errorFields(error) }, 'agent.journal.unreadable');
        await rename(file, `${file}.unreadable`);
        unreadable.push(path.basename(name, '.json'));
      }
    }
    const list = await readFile(path.join(directory, 'forgotten.list'), 'utf8').catch(() => '');
    const journal = new Journal(directory, new Set(list.split('\n').filter((id) => id !== '')), remembered);
    // It may have run: it must not start once more.
    for (const id of unreadable) await journal.forget(id);
    await journal.#compact();
    return { journal, records };
  }

  /** Resolves when what `record` returns (asked for at the moment of writing) is durable. */
  save(allocationId: string, record: () => AllocationRecord): Promise<void> {
    const waiting = this.#waiting.get(allocationId);
    if (waiting !== undefined) {
      waiting.next.record = record;
      return waiting.done;
    }
    const before = this.#saving.get(allocationId);
    if (before === undefined) return this.#write(allocationId, record);
    const next = { record };
    const done = before
      .catch(() => undefined)
      .then(() => {
        this.#waiting.delete(allocationId);
        return this.#write(allocationId, next.record);
      });
    this.#waiting.set(allocationId, { next, done });
    return done;
  }

  /** Drops an ended allocation's file, after its id was put on the list. */
  async forget(allocationId: string): Promise<void> {
    this.#forgotten.add(allocationId);
    await appendFile(this.#forgottenFile, `${allocationId}\n`, { mode: 0o600 });
    const list = await open(this.#forgottenFile, 'r');
    try {
      await list.sync();
    } finally {
      await list.close();
    }
    if (!this.#listed) await syncDirectory(this.#directory);
    this.#listed = true;
    await rm(this.#file(allocationId), { force: true });
    if (this.#forgotten.size > 2 * this.remembered) await this.#compact();
  }

  /** Whether it can be written. After a failure that is tried, so that it is noticed when there is space again. */
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

  #file(allocationId: string): string {
    return path.join(this.#directory, `${allocationId}.json`);
  }

  #write(allocationId: string, record: () => AllocationRecord): Promise<void> {
    const written = writeFileDurably(this.#file(allocationId), JSON.stringify(record()))
      .catch((error: unknown) => {
        this.#failed = true;
        throw error;
      })
      .finally(() => {
        if (this.#saving.get(allocationId) === written) this.#saving.delete(allocationId);
      });
    this.#saving.set(allocationId, written);
    return written;
  }

  async #compact(): Promise<void> {
    if (this.#forgotten.size <= this.remembered) return;
    const kept = [...this.#forgotten].slice(-this.remembered);
    await writeFileDurably(this.#forgottenFile, kept.map((id) => `${id}\n`).join(''));
    this.#forgotten.clear();
    for (const id of kept) this.#forgotten.add(id);
  }
}
