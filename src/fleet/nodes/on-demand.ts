import type { PresenceBroadcast } from '#domain/kernel/ports/presence-broadcast.js';
import type { BroadcastHost } from '#src/messaging/index.js';
import type { ServeAgentsOptions, ServedAgents } from './nats/serve-agents.js';

export async function shareSeenOverNats(options: BroadcastHost): Promise<PresenceBroadcast> {
  const { shareSeenOverNats: share } = await import('./nats/seen.js');
  return share(options);
}

export async function serveAgentsOverNats(options: ServeAgentsOptions): Promise<ServedAgents> {
  const { serveAgentsOverNats: serve } = await import('./nats/serve-agents.js');
  return serve(options);
}
