import { readdirSync } from 'node:fs';
import { textOf } from '../../../file-text.js';

/** Milliseconds until those that were killed count as never to end, and between two looks. */
const PATIENCE_MS = 10_000;
const LOOK_MS = 5;
/** The control groups of one agent, as a process is in one of them. */
const OF_AGENT = /:(\/(?:.*\/)?muster\/[^/\n]+\/)/;

/**
 * Ends whatever runs as that user, in this agent's groups where it has some: another agent of the machine may have given the same number to a user of its own.
 * What goes on with an open file could change it after it was closed to its owner. Throws where something does not end. `groups`: this process's own.
 */
export function endProcessesOf({ uid }: { readonly uid: number }, groups = told('self', 'cgroup')): void {
  const agent = OF_AGENT.exec(groups)?.[1];
  const idle = new Int32Array(new SharedArrayBuffer(4));
  for (let waited = 0; waited <= PATIENCE_MS; waited += LOOK_MS) {
    // One may have begun another while this looked: until none is seen.
    const found = readdirSync('/proc').filter(
      (name) => /^\d+$/.test(name) && runsAs(name, uid) && (agent === undefined || told(name, 'cgroup').includes(`:${agent}`)),
    );
    if (found.length === 0) return;
    for (const pid of found) kill(Number(pid));
    Atomics.wait(idle, 0, 0, LOOK_MS);
  }
  throw new Error(`processes of user ${uid} do not end`);
}

/** Alive, whatever it shows of itself. */
function runsAs(pid: string, uid: number): boolean {
  const status = told(pid, 'status');
  return new RegExp(`^Uid:.*\\b${uid}\\b`, 'm').test(status) && !/^State:\s+[ZX]/m.test(status);
}

/** Nothing of one that has ended meanwhile. */
function told(pid: string, what: 'status' | 'cgroup'): string {
  return textOf(`/proc/${pid}/${what}`) ?? '';
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
