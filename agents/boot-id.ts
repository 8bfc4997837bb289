import { readFileSync, readlinkSync } from 'node:fs';
import { textOf } from './platform/files/file-text.js';

const machineBootId: string = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();

/** Inode of the initial pid namespace (PROC_PID_INIT_INO in the kernel). */
const FIRST_NAMESPACE = 'pid:[4026531836]';

/** Identifies one boot of the machine, or of the container in which the agent runs. Processes of an earlier boot cannot be alive. */
export const bootId: string = bootIdOf(readlinkSync('/proc/self/ns/pid'), textOf('/proc/1/stat'));

/** `init` is the content of `/proc/1/stat`. Namespace numbers are reused, so the id includes the start time of the first process. */
function bootIdOf(namespace: string, init: string | undefined): string {
  if (namespace === FIRST_NAMESPACE) return machineBootId;
  const birth = init?.slice(init.lastIndexOf(')') + 2).split(' ')[19] ?? '0';
  return `${machineBootId}.${namespace.replace(/\D/g, '')}.${birth}`;
}

/** Returns whether processes recorded under this boot id may still be alive. */
export function isThisBoot(written: string): boolean {
  return written === bootId;
}

function isThisMachineBoot(written: string): boolean {
  return written.split('.')[0] === machineBootId;
}

export interface MachineBoot {
  readonly id: string;
  /** Returns whether the machine has been up since that boot. If so, data written since then still exists even if it was never synced. */
  isCurrent(id: string): boolean;
}

export const machineBoot: MachineBoot = { id: bootId, isCurrent: isThisMachineBoot };

export function endOfBoot(written: string): string {
  return isThisMachineBoot(written)
    ? "the agent's container stopped while the task was running"
    : 'the machine was restarted while the task was running';
}
