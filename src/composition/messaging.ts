import { createHttpAgentChannel } from '#agents/transport/agent-channel.js';
import type { AgentChannel } from '#domain/ports/agent-channel.js';
import type { SeenBroadcast } from '#domain/ports/seen-broadcast.js';
import type { Settings } from '../config/settings.js';
import type { Closing } from './closing.js';

/** How this server speaks with agents. */
export interface Messaging {
  readonly channel: AgentChannel;
  /** How servers tell each other whom they heard; undefined: by the log alone. */
  readonly seen: SeenBroadcast | undefined;
}

/** Chooses the ways to agents: over NATS where its URL is set and the agent came that way, else over HTTP. */
export async function openMessaging(settings: Pick<Settings, 'natsUrl' | 'joinToken' | 'agentRequestTimeoutSeconds'>, closing: Closing): Promise<Messaging> {
  if (settings.natsUrl !== undefined) throw new Error('this version of Muster does not speak NATS yet: unset MUSTER_NATS_URL');
  const channel = await Promise.resolve(createHttpAgentChannel({ requestTimeoutMs: settings.agentRequestTimeoutSeconds * 1000, joinToken: settings.joinToken }));
  closing.add('agent-channel', async () => await channel.close());
  return { channel, seen: undefined };
}
