import { z } from 'zod';
import { reportedUsage } from '#domain/protocol/index.js';
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
  /** Absent if it is in a file. */
  stdout: z.string().optional(),
});
/** The record of a call, written before it is made and again after its end. */
export type KeptCall = z.infer<typeof keptCall>;

/** Writes survive a killed agent. They need not survive the machine, whose end also ends the calls. */
const unsynced = async (): Promise<void> => undefined;

/** The calls of an agent in one log, so that an agent never repeats a call that an earlier one may have made. */
export class CallLog {
  readonly #calls = new Map<string, KeptCall>();

  private constructor(
    private readonly log: KeyedLog,
    readonly isDoubtful: boolean,
  ) {}

  static async open(file: string): Promise<CallLog> {
    const { log, entries, damaged } = await KeyedLog.open(file, () => [], unsynced);
    const calls = new CallLog(log, damaged.length > 0);
    for (const [key, value] of entries) {
      const parsed = keptCall.safeParse(value);
      // Another version's form: all we know is that the call was made.
      calls.#calls.set(key, parsed.data ?? { claimedAt: 0 });
      log.keep(key, () => calls.find(key));
    }
    return calls;
  }

  /** Claims the call, to make it or to ensure that nobody does. Returns false if it was already claimed. `at`: Unix seconds. */
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
