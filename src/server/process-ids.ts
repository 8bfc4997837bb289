import { randomInt, randomUUID } from 'node:crypto';
import type { Ids } from '#domain/kernel/ports/ids.js';

export const processIds: Ids = { uuid: () => randomUUID() };

/** A number in [0, 1) from a secure source of randomness. */
export function processRandom(): number {
  return randomInt(2 ** 32) / 2 ** 32;
}
