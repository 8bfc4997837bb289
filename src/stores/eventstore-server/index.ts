import type { Clock } from '#domain/kernel/ports/clock.js';
import { connectWireLog, type SqliteEventStoreHandle } from '#src/engine/event-store/index.js';
import { startWireServer, type WireServer, type WireServerOptions } from './server.js';

export type { WireServer } from './server.js';
export { storeBounds } from './bounds.js';
export { ruleForServers } from './write-rule.js';
export { startEventStoreThread, type WireServerThread } from './thread.js';

export interface EventStoreServerOptions extends Omit<WireServerOptions, 'log'> {
  readonly store: { handle(): SqliteEventStoreHandle };
  readonly clock?: Clock;
}

export async function startEventStoreServer({
  store,
  ...options
}: EventStoreServerOptions): Promise<WireServer> {
  const log = connectWireLog(store.handle());
  try {
    return await startWireServer({ ...options, log });
  } catch (error) {
    await log.close();
    throw error;
  }
}
