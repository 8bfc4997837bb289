import { readdirSync, readFileSync } from 'node:fs';
import type { Clock } from '#domain/kernel/ports/clock.js';
import { textOf } from '../../platform/files/file-text.js';
import { hasCode } from '../../platform/error-code.js';

export interface ProcessEntry {
  readonly pid: number;
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** Start time in clock ticks since boot. Together with the pid and boot id, it uniquely identifies a process. */
  readonly birth: number;
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

/** Constants on all Linux systems that Node supports, except for the page size of some arm64 kernels. */
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;

/** Returns undefined if there is no such process. Zombies are included, with state `Z`. */
export function readProcess(pid: number): ProcessEntry | undefined {
  const text = textOf(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  // The name is in parentheses and may contain any character.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const at = (field: number): number => Number(fields[field - 3] ?? 0);
  return {
    pid,
    state: fields[0] ?? '?',
    parent: at(4),
    group: at(5),
    session: at(6),
    birth: at(22),
    cpuSeconds: (at(14) + at(15)) / TICKS_PER_SECOND,
    residentBytes: at(24) * PAGE_BYTES,
  };
}

/** Returns the effective user of a process, or undefined if there is no such process. */
export function userOfProcess(pid: number): number | undefined {
  const uids = /^Uid:\s+\d+\s+(\d+)/m.exec(textOf(`/proc/${pid}/status`) ?? '');
  return uids === null ? undefined : Number(uids[1]);
}

/** Returns whether this exact process is running. A zombie, or a different process with the same pid, does not count. */
export function isAlive(pid: number, birth: number): boolean {
  const entry = readProcess(pid);
  return entry !== undefined && entry.birth === birth && entry.state !== 'Z' && entry.state !== 'X';
}

export function processesOfSession(session: number): ProcessEntry[] {
  return livingProcesses().filter((entry) => entry.session === session);
}

export function livingProcesses(): ProcessEntry[] {
  const found: ProcessEntry[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const entry = readProcess(Number(name));
    if (entry !== undefined && entry.state !== 'Z' && entry.state !== 'X') found.push(entry);
  }
  return found;
}

export function ticksAt(seconds: number | undefined, clock: Clock): number {
  if (seconds === undefined) return 0;
  const uptime = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
  return (uptime - (clock.now() / 1000 - seconds) + 1) * TICKS_PER_SECOND;
}

const STILL: ReadonlySet<string> = new Set(['T', 't', 'Z', 'X']);

/**
 * Blocks until no thread of the processes is running, for at most about `limitMs`. Blocking ensures that this process does nothing else in between.
 * SIGSTOP takes effect when a thread leaves the kernel, so a write in progress finishes first and may have to wait for the disk.
 */
export function standStill(pids: readonly number[], limitMs: number): boolean {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  for (let waitedMs = 0; ; waitedMs += 1) {
    if (pids.every(isStill)) return true;
    if (waitedMs >= limitMs) return false;
    Atomics.wait(cell, 0, 0, 1);
  }
}

function isStill(pid: number): boolean {
  let threads: string[];
  try {
    threads = readdirSync(`/proc/${pid}/task`);
  } catch {
    return true;
  }
  return threads.every((thread) => {
    const text = textOf(`/proc/${pid}/task/${thread}/stat`);
    return text === undefined || STILL.has(text.charAt(text.lastIndexOf(')') + 2));
  });
}

export function sendSignal(pid: number, signal: 'SIGTERM' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!hasCode(error, 'ESRCH', 'EPERM')) throw error;
  }
}
