import type { Test } from 'tap';
import { createHttpAgentChannel } from '#agents/platform/transport/agent-channel.js';
import { startDispatcher } from '#src/fleet/dispatcher/index.js';
import { createMemoryEventStore } from '../../../fixtures/memory-event-store.js';
import { BasicAgent, type Manners } from '../../../fixtures/basic-agent.js';
import { startServer, type NodesServer } from '../nodes/cluster.js';
import { Front } from '../nodes/front.js';

export const REQUEST_TIMEOUT = 300;

/** A server's dispatcher and a third party's agent, over real HTTP. The server can be killed and started again on the same log. */
export async function startScene(t: Test, manners: Partial<Manners> = {}, interval = 40) {
  const store = createMemoryEventStore();
  const front = await new Front(undefined).listen(t);

  async function start() {
    const server = await startServer(t, { store });
    const channel = createHttpAgentChannel({ requestTimeoutMs: REQUEST_TIMEOUT });
    const delays = { first: 20, most: 100 };
    const dispatcher = startDispatcher({
      ...server,
      channel,
      requestTimeoutMs: REQUEST_TIMEOUT,
      retry: delays,
      poll: delays,
    });
    await dispatcher.ready;
    front.behind = server.nodes;
    /** Stops everything at once, as if the process had been killed. */
    const kill = async (): Promise<void> => {
      front.behind = undefined;
      void dispatcher.stop(0);
      await channel.close();
      await server.stop();
    };
    t.teardown(kill);
    return { server, dispatcher, kill };
  }

  let current = await start();
  const agent = new BasicAgent({ serverUrl: front.url, nodeId: 'n1', manners, interval });
  t.teardown(() => agent.close());
  await agent.start();
  await current.server.pen.job('j1');
  return {
    agent,
    pen: current.server.pen,
    get dispatcher() {
      return current.dispatcher;
    },
    get server(): NodesServer {
      return current.server;
    },
    kill: () => current.kill(),
    async restart(): Promise<void> {
      await current.kill();
      current = await start();
    },
    async restarted(): Promise<void> {
      current = await start();
    },
  };
}

export type Scene = Awaited<ReturnType<typeof startScene>>;
