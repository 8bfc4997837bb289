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
  /** Unix seconds. */
  claimedAt: z.number(),
  end: end.optional(),
  /** What was done, and the answer's body, once it has ended. */
  stderr: z.string().optional(),
  /** Absent: it is in a file. */
  stdout: z.string().optional(),
});
/** What is written down of a call: that it is made, before it is, and how it ended. */
export type KeptCall = z.infer<typeof keptCall>;

/** What the kernel has, a killed agent has written: nothing of it is needed after the machine itself went down. */
const unsynced = async (): Promise<void> => undefined;

/** The calls of an agent, in one log. So no agent makes a call again that one before it may have made. */
export class CallLog {
  readonly #calls = new Map<string, KeptCall>();

  private constructor(
    private readonly log: KeyedLog,
    /** A part of the log could not be read: a call that is not in it may have been made. */
    readonly isDoubtful: boolean,
  ) {}

  static async open(file: string): Promise<CallLog> {
    const { log, entries, damaged } = await KeyedLog.open(file, () => [], unsynced);
    const calls = new CallLog(log, damaged.length > 0);
    for (const [key, value] of entries) {
      const parsed = keptCall.safeParse(value);
      // Of another form, and so of another version: that it was made is all that is known.
      calls.#calls.set(key, parsed.data ?? { claimedAt: 0 });
      log.keep(key, () => calls.find(key));
    }
    return calls;
  }

  /** Takes the call, for the one that makes it or that sees to it that nobody does; false where it was taken before. `at`: Unix seconds. */
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

  /** Says how it ended. */
  async end(key: string, ended: Omit<KeptCall, 'claimedAt'>): Promise<void> {
    this.#calls.set(key, { claimedAt: this.#calls.get(key)?.claimedAt ?? 0, ...ended });
    await this.#write(key);
  }

  find(key: string): KeptCall | undefined {
    return this.#calls.get(key);
  }

  /** Drops those that are not to be kept, from the disk too. */
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
