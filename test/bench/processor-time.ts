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
  return timesIn(readFileSync(`/proc/${pid}/stat`, 'utf8')).own;
}

/** Reads the processor time in seconds from the `stat` file of a process or a thread. `all` includes children that have ended. */
export function timesIn(stat: string): { readonly own: number; readonly all: number } {
  const fields = fieldsIn(stat);
  // Fields 14 to 17 of proc(5); the first two are cut off.
  const [user, system, ofUsers, ofSystems] = [11, 12, 13, 14].map((index) => Number(fields[index]) / TICKS);
  const own = (user ?? 0) + (system ?? 0);
  return { own, all: own + (ofUsers ?? 0) + (ofSystems ?? 0) };
}

/** Returns the name of a program or thread in its `stat` file. It can contain any character. */
export function commIn(stat: string): string {
  return stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
}

function fieldsIn(stat: string): string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function processOf(pid: string): Process | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return {
      name: nameOf(stat, readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')),
      parent: Number(fieldsIn(stat)[1]),
      seconds: timesIn(stat).all,
    };
  } catch {
    // The process has ended in the meantime, so its time counts for its parent.
    return undefined;
  }
}

function nameOf(stat: string, args: readonly string[]): string {
  const command = args.find((argument) => argument === 'server' || argument === 'eventstore');
  return command === 'eventstore' ? 'event store' : (command ?? commIn(stat));
}

function descends(pid: number, root: number, processes: ReadonlyMap<number, Process>): boolean {
  for (let at = pid; at > 1; at = processes.get(at)?.parent ?? 0) if (at === root) return true;
  return false;
}
