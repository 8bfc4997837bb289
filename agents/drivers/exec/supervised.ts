import { existsSync, openSync, closeSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import { textOf } from '../../platform/files/file-text.js';
import { bootId, isThisBoot } from '../../boot-id.js';
import { isAlive } from './process-table.js';
import { hasCode } from '../../platform/error-code.js';

export interface ProcessName {
  readonly pid: number;
  readonly birth: number;
}

export class Supervised {
  constructor(readonly directory: string) {}

  /** Creates the files that are only overwritten later, so that a full disk cannot prevent writing their content. */
  prepare(): void {
    for (const name of ['task', 'exit']) {
      if (!existsSync(this.#file(name))) writeNew(this.#file(name), `${'.'.repeat(63)}\n`);
    }
  }

  /** Returns whether the task was claimed before the last boot. If so, none of its processes is alive. */
  ofAnotherBoot(): boolean {
    const claim = this.claim();
    return typeof claim === 'object' && claim.pid > 0 && !isThisBoot(claim.boot);
  }

  /** Returns the supervisor that holds the claim. `pid` 0 means that an agent took it and the task never starts. `empty`: it is being written. */
  claim(): (ProcessName & { readonly boot: string }) | 'empty' | undefined {
    const text = this.#text('claim');
    if (text === undefined) return undefined;
    const match = /^(\d+) (\d+) (\S+)\n/.exec(text);
    return match === null
      ? 'empty'
      : { pid: Number(match[1]), birth: Number(match[2]), boot: match[3] ?? '' };
  }

  /** Takes the claim so that no supervisor can take it. Returns false if it is already taken. */
  abandon(): boolean {
    return writeNew(this.#file('claim'), `0 0 ${bootId}\n`);
  }

  /** Returns the live process whose end is the task's end: its supervisor, or the task itself if the supervisor was killed. */
  living(): ProcessName | undefined {
    const claim = this.claim();
    if (
      typeof claim === 'object' &&
      claim.pid > 0 &&
      isThisBoot(claim.boot) &&
      isAlive(claim.pid, claim.birth)
    )
      return claim;
    return this.taskLives() ? this.task() : undefined;
  }

  task(): ProcessName | undefined {
    const match = /^(\d+) (\d+) end\n/.exec(this.#text('task') ?? '');
    return match === null ? undefined : { pid: Number(match[1]), birth: Number(match[2]) };
  }

  taskLives(): boolean {
    const task = this.task();
    return task !== undefined && !this.ofAnotherBoot() && isAlive(task.pid, task.birth);
  }

  startTime(): number | undefined {
    return this.#modified('claim');
  }

  exit(): { readonly code: number; readonly endTime: number } | undefined {
    const match = /^(\d+) end\n/.exec(this.#text('exit') ?? '');
    const endTime = this.#modified('exit');
    return match === null || endTime === undefined ? undefined : { code: Number(match[1]), endTime };
  }

  cpuSeconds(): number | undefined {
    const children = this.#text('times')?.split('\n')[1];
    const match = /^(\d+)m([\d.,]+)s (\d+)m([\d.,]+)s/.exec(children ?? '');
    if (match === null) return undefined;
    const seconds = (minutes: string | undefined, rest: string | undefined): number =>
      Number(minutes) * 60 + Number((rest ?? '0').replace(',', '.'));
    return seconds(match[1], match[2]) + seconds(match[3], match[4]);
  }

  complaint(): string {
    return (this.#text('error') ?? '')
      .replace(/^\S*supervisor-\w+\.sh: (line )?\d+: /gm, '')
      .trim()
      .slice(0, 1000);
  }

  #file(name: string): string {
    return path.join(this.directory, name);
  }

  #text(name: string): string | undefined {
    return textOf(this.#file(name));
  }

  #modified(name: string): number | undefined {
    try {
      return statSync(this.#file(name)).mtimeMs / 1000;
    } catch {
      return undefined;
    }
  }
}

function writeNew(file: string, text: string): boolean {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'wx', 0o600);
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
  try {
    writeSync(descriptor, text);
  } finally {
    closeSync(descriptor);
  }
  return true;
}
