import { readFileSync, readlinkSync } from 'node:fs';
import { textOf } from './file-text.js';

const machineBootId: string = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();

/** Inode of the initial pid namespace (PROC_PID_INIT_INO in the kernel). */
const FIRST_NAMESPACE = 'pid:[4026531836]';

/** Identifies one boot of the machine, or of the container that the agent runs in. Processes of an earlier boot cannot be alive. */
export const bootId: string = bootIdOf(readlinkSync('/proc/self/ns/pid'), textOf('/proc/1/stat'));

/** `init` is the line of `/proc/1/stat`. Namespace numbers are reused, but never together with the start time of the first process. */
function bootIdOf(namespace: string, init: string | undefined): string {
  if (namespace === FIRST_NAMESPACE) return machineBootId;
  const birth = init?.slice(init.lastIndexOf(')') + 2).split(' ')[19] ?? '0';
  return `${machineBootId}.${namespace.replace(/\D/g, '')}.${birth}`;
}

/** Whether processes recorded under that boot id may still be alive. Older agents recorded only the machine's boot id. */
export function isThisBoot(written: string): boolean {
  return written === bootId || written === machineBootId;
}

export function isThisMachineBoot(written: string): boolean {
  return written.split('.')[0] === machineBootId;
}

export function endOfBoot(written: string): string {
  return isThisMachineBoot(written)
    ? 'the container of its agent ended while it ran'
    : 'the machine was restarted while it ran';
}
