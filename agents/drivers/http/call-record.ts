import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { TaskExit } from '../driver.js';

/** What is written down of a call, in one folder: that it is made, before it is, and how it ended. So no agent makes a call again that one before it may have made. */
export class CallRecord {
  readonly #claim: string;
  readonly #end: string;

  constructor(directory: string) {
    this.#claim = path.join(directory, 'claim');
    this.#end = path.join(directory, 'end');
  }

  /** Takes the call, for the one that makes it or that sees to it that nobody does; false where it was taken before. */
  claim(): boolean {
    try {
      writeFileSync(this.#claim, '', { flag: 'wx', mode: 0o600 });
      return true;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
      throw error;
    }
  }

  /** When it was taken, in Unix seconds; undefined: it was not. */
  claimedAt(): number | undefined {
    const found = statSync(this.#claim, { throwIfNoEntry: false });
    return found === undefined ? undefined : found.mtimeMs / 1000;
  }

  end(exit: TaskExit): void {
    writeFileSync(`${this.#end}.tmp`, JSON.stringify(exit), { mode: 0o600 });
    renameSync(`${this.#end}.tmp`, this.#end);
  }

  ended(): TaskExit | undefined {
    try {
      // Written by `end`, whole.
      return JSON.parse(readFileSync(this.#end, 'utf8')) as TaskExit;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    }
  }
}
