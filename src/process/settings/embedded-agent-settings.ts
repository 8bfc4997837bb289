import { flag } from '#domain/kernel/settings/kinds.js';
import { section, setting } from '#domain/kernel/settings/section.js';

/** Whether the server runs a local agent. If undefined, this depends on the server's roles and on whether NATS is configured. */
export const embeddedAgentSettings = section({
  embeddedAgent: setting('MUSTER_EMBEDDED_AGENT', flag.optional(), 'run a local agent with the server', {
    unset: '`true` if NATS is unset and the server has the role `api`',
  }),
});

export interface EmbeddedAgentSettings {
  readonly embeddedAgent: boolean;
}
