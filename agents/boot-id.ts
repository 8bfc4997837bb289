import { readFileSync, readlinkSync } from 'node:fs';
import { textOf } from './file-text.js';

/** Identifies one boot of this machine. */
const machineBootId: string = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();

/** The namespace that a machine's first process is in (PROC_PID_INIT_INO of the kernel). */
const FIRST_NAMESPACE = 'pid:[4026531836]';

/**
 * Identifies the time for which processes of this agent can live: one boot of the machine, or of its container where it is in one. A process
 * of another such time does not live any more.
 */
export const bootId: string = bootIdOf(readlinkSync('/proc/self/ns/pid'), textOf('/proc/1/stat'));

/** `init`: the line of `/proc/1/stat`. Numbers of namespaces come again, but not together with the birth of the first process. */
function bootIdOf(namespace: string, init: string | undefined): string {
  if (namespace === FIRST_NAMESPACE) return machineBootId;
  const birth = init?.slice(init.lastIndexOf(')') + 2).split(' ')[19] ?? '0';
  return `${machineBootId}.${namespace.replace(/\D/g, '')}.${birth}`;
}

/** Whether what was written down under that id may still live. Agents of before wrote the machine's alone. */
export function isThisBoot(written: string): boolean {
  return written === bootId || written === machineBootId;
}

/** Whether the machine has not been started anew since. */
export function isThisMachineBoot(written: string): boolean {
  return written.split('.')[0] === machineBootId;
}

/** What ended the processes that were written down under that id. */
export function endOfBoot(written: string): string {
  return isThisMachineBoot(written) ? 'the container of its agent ended while it ran' : 'the machine was restarted while it ran';
}
