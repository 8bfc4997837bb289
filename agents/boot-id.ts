import { readFileSync } from 'node:fs';

/** Identifies one boot of this machine. */
export const bootId: string = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
