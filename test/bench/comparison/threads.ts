import { readdirSync, readFileSync } from 'node:fs';
import { commIn, timesIn } from '../processor-time.js';

/** Names of the threads that {@link file://./name-thread.ts} gives. All others are helpers of V8 and libuv. */
const OWN: ReadonlySet<string> = new Set([
  'main',
  'writer',
  'projector',
  'builder',
  'scheduler',
  'transparency',
  'as-of',
  'worker',
]);

/** Returns the processor time of a process so far by the names of its threads, in seconds. Helpers of V8 and libuv are one. Linux only. */
export function threadTimes(pid: number): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const { name, seconds } = timeOf(pid, thread);
    times.set(name, (times.get(name) ?? 0) + seconds);
  }
  return times;
}

function timeOf(pid: number, thread: string): { readonly name: string; readonly seconds: number } {
  const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8');
  const comm = commIn(stat);
  // A thread has the name of the one that created it until it gets its own.
  const name = OWN.has(comm) && (comm !== 'main' || thread === String(pid)) ? comm : 'helpers';
  return { name, seconds: timesIn(stat).own };
}
