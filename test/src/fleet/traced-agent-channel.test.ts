import t from 'tap';
import type { AgentChannel } from '#domain/protocol/agent-channel.js';
import { tracedAgentChannel } from '#src/fleet/traced-agent-channel.js';

void t.test('adds no wrapper without a provider', (t) => {
  const channel = {} as AgentChannel;
  t.equal(tracedAgentChannel(channel), channel);
  t.end();
});
