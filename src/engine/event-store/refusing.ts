import { MusterError } from '#domain/kernel/errors/index.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { aroundAppend } from './around-append.js';

/** Returns the same log, which can only be read. */
export function refusing(store: EventStore, problem: string): EventStore {
  const refuse = (): Promise<never> =>
    Promise.reject(new MusterError('MUSTER_E_LOG_INCOMPLETE', { problem }));
  return Object.assign(aroundAppend(store, refuse), {
    truncateBefore: refuse,
    deleteStream: refuse,
    tombstoneStream: refuse,
  });
}
