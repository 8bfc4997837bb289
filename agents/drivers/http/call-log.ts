import { z } from 'zod';
import { reportedUsage } from '#domain/protocol/index.js';
import { machineDisk, withoutSync } from '../../platform/files/disk.js';
import { KeyedLog } from '../../journal/keyed-log.js';

const end = z.object({
  exitCode: z.number().int().nullable(),
  endTime: z.number(),
  outOfMemory: z.boolean(),
  problem: z.string().optional(),
  usage: reportedUsage.optional(),
  result: z.looseObject({}).optional(),
});

const keptCall = z.object({
  claimedAt: z.number(),
  end: end.optional(),
  stderr: z.string().optional(),
  stdout: z.string().optional(),
});
export type KeptCall = z.infer<typeof keptCall>;

/** Writes must survive a killed agent. They need not survive a crash of the machine, which also ends the calls. */
const disk = withoutSync(machineDisk);

/** All calls of an agent in one log, so that an agent never repeats a call that an earlier agent may have made. */
export class CallLog {
  readonly #calls = new Map<string, KeptCall>();

  private constructor(
    private readonly log: KeyedLog,
    readonly isDoubtful: boolean,
  ) {}

  static async open(file: string): Promise<CallLog> {
    const { log, entries, damaged } = await KeyedLog.open(file, () => [], disk);
    const calls = new CallLog(log, damaged.length > 0);
    for (const [key, value] of entries) {
      const parsed = keptCall.safeParse(value);
      // The entry is from a different version. It only proves that the call was made.
      calls.#calls.set(key, parsed.data ?? { claimedAt: 0 });
      log.keep(key, () => calls.find(key));
    }
    return calls;
  }

  /** Claims the call, either to make it or to prevent it. Returns false if it is already claimed. `at`: Unix seconds. */
  async claim(key: string, at: number): Promise<boolean> {
    if (this.#calls.has(key)) return false;
    this.#calls.set(key, { claimedAt: at });
    try {
      await this.#write(key);
      return true;
    } catch (error) {
      this.#calls.delete(key);
      throw error;
    }
  }

  async end(key: string, ended: Omit<KeptCall, 'claimedAt'>): Promise<void> {
    this.#calls.set(key, { claimedAt: this.#calls.get(key)?.claimedAt ?? 0, ...ended });
    await this.#write(key);
  }

  find(key: string): KeptCall | undefined {
    return this.#calls.get(key);
  }

  async keep(isKept: (key: string) => boolean): Promise<void> {
    for (const key of this.#calls.keys()) {
      if (isKept(key)) continue;
      this.#calls.delete(key);
      this.log.drop(key);
    }
    if (this.log.isStale) await this.log.compact();
  }

  async close(): Promise<void> {
    await this.log.close();
  }

  async #write(key: string): Promise<void> {
    await this.log.put(key, () => this.find(key));
  }
}
