import { readdirSync } from 'node:fs';
import { textOf } from '../../../platform/files/file-text.js';

const END_TIMEOUT_MS = 10_000;
const LOOK_MS = 5;
/** Matches the path of one agent's control groups in a process's cgroup list. */
const OF_AGENT = /:(\/(?:.*\/)?muster\/[^/\n]+\/)/;

/**
 * Kills the user's processes: one with an open file could still modify it after the generation is sealed. If this agent has control groups, kills
 * only processes in them, because another agent here may use the same uid. Throws if a process survives. `groups`: control groups of this process.
 */
export function endProcessesOf(
  { uid }: { readonly uid: number },
  groups = readProcFile('self', 'cgroup'),
): void {
  const agent = OF_AGENT.exec(groups)?.[1];
  const idle = new Int32Array(new SharedArrayBuffer(4));
  for (let waited = 0; waited <= END_TIMEOUT_MS; waited += LOOK_MS) {
    // A process may have started another one in the meantime, so repeat until none is left.
    const found = readdirSync('/proc').filter(
      (name) =>
        /^\d+$/.test(name) &&
        runsAs(name, uid) &&
        (agent === undefined || readProcFile(name, 'cgroup').includes(`:${agent}`)),
    );
    if (found.length === 0) return;
    for (const pid of found) kill(Number(pid));
    Atomics.wait(idle, 0, 0, LOOK_MS);
  }
  throw new Error(`processes of user ${uid} could not be killed`);
}

function runsAs(pid: string, uid: number): boolean {
  const status = readProcFile(pid, 'status');
  return new RegExp(`^Uid:.*\\b${uid}\\b`, 'm').test(status) && !/^State:\s+[ZX]/m.test(status);
}

function readProcFile(pid: string, what: 'status' | 'cgroup'): string {
  return textOf(`/proc/${pid}/${what}`) ?? '';
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // The process has already ended.
  }
}
