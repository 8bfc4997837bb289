import { randomUUID } from 'node:crypto';
import type { Test } from 'tap';
import type { AgentAddress } from '#domain/protocol/agent-channel.js';
import { taskOf, type ContractTask } from '#domain/protocol/index.js';
import { startAgent } from '../../../../agents/support/agent.js';
import { eventually } from '../../../../fixtures/eventually.js';
import { ownFolder } from '../../../../fixtures/folder.js';
import { startNatsScene } from '../../../../fixtures/nats-scene.js';
import { NatsServer, type NatsServerBinary } from '../../../../fixtures/nats-server.js';

export const TOKEN = 'join-token-of-16+';

/** A server and an agent on a NATS server of the test's own. */
export async function scene(
  t: Test,
  binary: NatsServerBinary,
  joinToken?: string,
  dockerSocket = '/nonexistent/docker.sock',
) {
  const nats = await NatsServer.start(t, { binary });
  const server = await startNatsScene(t, nats.url, {
    ownParts: ['127.0.0.1:1'],
    ...(joinToken === undefined ? {} : { joinToken }),
  });
  const agent = await startAgent(t, {
    dataDir: ownFolder(t),
    natsUrl: nats.url,
    nodeId: 'n.1',
    heartbeatSeconds: 0.3,
    dockerSocket,
    ...(joinToken === undefined ? {} : { joinToken }),
  });
  const node = await eventually(() => server.placements.state.nodes.get('n.1'), {
    what: 'the registration over NATS',
  });
  // By then the agent has received its epoch, too.
  await eventually(() => server.telemetry.of('n.1')?.lists === true, {
    what: 'the first heartbeat of the node',
  });
  const address: AgentAddress = { nodeId: 'n.1', epoch: node.epoch, endpoint: node.endpoint ?? '' };
  /** Places a task (one or several commands) and returns the allocation's id. */
  const run = async (asked: string | Omit<ContractTask, 'name'>): Promise<string> => {
    const jobId = `job-${randomUUID()}`;
    const version = await server.pen.job(jobId, {
      name: 'web',
      tasks: [
        taskOf({ name: 'main', ...(typeof asked === 'string' ? { config: { command: asked } } : asked) }),
      ],
    });
    const id = randomUUID();
    await server.pen.place(id, 'n.1', jobId, version);
    return id;
  };
  const happened = async (id: string, type: string): Promise<boolean> => {
    for await (const page of server.store.readStream('node-n.1'))
      if (page.some((event) => event.type === type && event.data.includes(id))) return true;
    return false;
  };
  return { nats, server, agent, node, address, run, happened };
}
