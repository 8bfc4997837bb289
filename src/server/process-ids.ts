import { randomInt, randomUUID } from 'node:crypto';
import type { Ids } from '#domain/ports/ids.js';

/** Identifiers from the machine's randomness. */
export const processIds: Ids = { uuid: () => randomUUID() };

/** A number in [0, 1), from the same source. */
export function processRandom(): number {
  return randomInt(2 ** 32) / 2 ** 32;
}
