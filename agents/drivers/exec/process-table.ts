import { readdirSync, readFileSync } from 'node:fs';
import type { Clock } from '#domain/ports/clock.js';
import { textOf } from '../../file-text.js';

/** One process, as `/proc/<pid>/stat` shows it (proc(5)). */
export interface ProcessEntry {
  readonly pid: number;
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** Clock ticks since boot at which it started: with the pid and the boot id it names one process for ever. */
  readonly birth: number;
  /** Seconds of cpu, its own. */
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

/** Both are compile-time constants of every Linux that Node runs on, but for pages of arm64 kernels built otherwise. */
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;

/** The process, or `undefined` where none has that pid. Zombies are listed, with state `Z`. */
export function readProcess(pid: number): ProcessEntry | undefined {
  const text = textOf(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  // The name stands in parentheses and may itself contain anything.
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

/** Whether that very process still runs: not another of the same number, and not a zombie. */
export function isAlive(pid: number, birth: number): boolean {
  const entry = readProcess(pid);
  return entry !== undefined && entry.birth === birth && entry.state !== 'Z' && entry.state !== 'X';
}

/** Every living process whose session is `session`: a task's, and what it left behind. */
export function processesOfSession(session: number): ProcessEntry[] {
  return livingProcesses().filter((entry) => entry.session === session);
}

/** All of the machine, but zombies. */
export function livingProcesses(): ProcessEntry[] {
  const found: ProcessEntry[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const entry = readProcess(Number(name));
    if (entry !== undefined && entry.state !== 'Z' && entry.state !== 'X') found.push(entry);
  }
  return found;
}

/** The start time that a process born at that moment (Unix seconds) has, a second later to be sure; none: the beginning of time. */
export function ticksAt(seconds: number | undefined, clock: Clock): number {
  if (seconds === undefined) return 0;
  const uptime = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
  return (uptime - (clock.now() / 1000 - seconds) + 1) * TICKS_PER_SECOND;
}

/** States of a thread that writes nothing: stopped, traced, dead. */
const STILL: ReadonlySet<string> = new Set(['T', 't', 'Z', 'X']);

/**
 * Waits until no thread of the processes runs any more, for at most about `limitMs`. It blocks, so that no other work of this process comes between. SIGSTOP
 * takes effect when a thread leaves the kernel: a write that has begun is finished first, and may wait for the disk.
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

/** Sends a signal; a target that is gone is no error. Negative: the process group. */
export function sendSignal(pid: number, signal: 'SIGTERM' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && (error.code === 'ESRCH' || error.code === 'EPERM'))) throw error;
  }
}
