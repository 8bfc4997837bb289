import { randomInt, randomUUID } from 'node:crypto';
import type { Ids } from '#domain/kernel/ports/ids.js';

export const processIds: Ids = { uuid: () => randomUUID() };

export function processRandom(): number {
  return randomInt(2 ** 32) / 2 ** 32;
}
