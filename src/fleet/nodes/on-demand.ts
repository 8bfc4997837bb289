import type { SeenBroadcast } from '#domain/ports/seen-broadcast.js';
import type { BroadcastHost } from '#src/engine/messaging/index.js';
import type { ServeAgentsOptions, ServedAgents } from './nats/serve-agents.js';

/** Last-seen times shared over NATS, which is loaded only now. */
export async function shareSeenOverNats(options: BroadcastHost): Promise<SeenBroadcast> {
  const { shareSeenOverNats: share } = await import('./nats/seen.js');
  return share(options);
}

/** Takes what agents say over NATS. */
export async function serveAgentsOverNats(options: ServeAgentsOptions): Promise<ServedAgents> {
  const { serveAgentsOverNats: serve } = await import('./nats/serve-agents.js');
  return serve(options);
}
