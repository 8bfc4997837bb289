import { readdirSync, readFileSync } from 'node:fs';

/** Processor time by program, in seconds. */
export type ProcessorTime = ReadonlyMap<string, number>;

/** Clock ticks per second in `/proc`, the same on every Linux. */
const TICKS = 100;

interface Process {
  readonly name: string;
  readonly parent: number;
  /** Includes children that have ended. */
  readonly seconds: number;
}

/** Returns the processor time so far of this process and its descendants. An ended process counts for its parent. Linux only. */
export function processorTime(root = process.pid): ProcessorTime {
  const processes = new Map<number, Process>();
  for (const entry of readdirSync('/proc')) {
    const found = /^\d+$/.test(entry) ? processOf(entry) : undefined;
    if (found !== undefined) processes.set(Number(entry), found);
  }
  const times = new Map<string, number>();
  for (const [pid, { name, seconds }] of processes) {
    if (!descends(pid, root, processes)) continue;
    // Load generators have ended by now, so their time counts for this process.
    const who = pid === root ? 'load' : name;
    times.set(who, (times.get(who) ?? 0) + seconds);
  }
  return times;
}

/** Formats the processor time of each program between two samples, in milliseconds per unit of `count`, largest first. */
export function shareOfEach(before: ProcessorTime, after: ProcessorTime, count: number): string {
  const shares = [...after].map(([name, seconds]) => ({
    name,
    ms: ((seconds - (before.get(name) ?? 0)) * 1000) / count,
  }));
  const together = shares.reduce((sum, { ms }) => sum + ms, 0);
  const each = shares.filter(({ ms }) => ms >= 0.005).sort((a, b) => b.ms - a.ms);
  return `${together.toFixed(2)} ms: ${each.map(({ name, ms }) => `${name} ${ms.toFixed(2)}`).join(', ')}`;
}

/** Returns the user and system time of a process with all its threads, without its children, in seconds. */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  // Fields 14 and 15 of proc(5); the first two are cut off.
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

function processOf(pid: string): Process | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index]), 0);
    return {
      name: nameOf(stat, readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')),
      parent: Number(fields[1]),
      seconds: ticks / TICKS,
    };
  } catch {
    // The process has ended in the meantime, so its time counts for its parent.
    return undefined;
  }
}

function nameOf(stat: string, args: readonly string[]): string {
  const program = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
  const command = args.find((argument) => argument === 'server' || argument === 'eventstore');
  return command === 'eventstore' ? 'event store' : (command ?? program);
}

function descends(pid: number, root: number, processes: ReadonlyMap<number, Process>): boolean {
  for (let at = pid; at > 1; at = processes.get(at)?.parent ?? 0) if (at === root) return true;
  return false;
}
