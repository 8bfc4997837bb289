import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { createHttpAgentChannel } from '#agents/platform/transport/agent-channel.js';
import { createNatsAgentChannel } from '#agents/platform/transport/nats/agent-channel.js';
import { respond } from '#agents/platform/transport/nats/message.js';
import { nodeSubjects } from '#agents/platform/transport/nats/subjects.js';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import type { AgentAddress, AgentChannel, LogQuery } from '#domain/protocol/agent-channel.js';
import { CHUNK_HEADER, LAST_CHUNK_HEADER } from '#domain/protocol/index.js';
import { NatsServer } from '../../../fixtures/nats-server.js';
import { onEachNats, openLink } from '../../../fixtures/nats-scene.js';

const REFUSED = 'type: must be one of stdout, stderr';

async function textOf(
  channel: AgentChannel,
  agent: AgentAddress,
  query: Omit<LogQuery, 'stream'>,
): Promise<string> {
  const log = await channel.logs(agent, 'a1', { stream: 'both', ...query }, new AbortController().signal);
  if (log.kind !== 'found') return JSON.stringify(log);
  const parts: Uint8Array[] = [];
  for await (const part of log.chunks) parts.push(part);
  return Buffer.concat(parts).toString();
}

/** An older agent over HTTP: it returns one stream at a time and writes to each in turn while followed. */
async function olderAgent(t: Test): Promise<{ readonly agent: AgentAddress; readonly asked: string[] }> {
  const asked: string[] = [];
  const followers = new Map<string, ServerResponse>();
  const server = createServer((request, response) => {
    const query = new URL(request.url ?? '', 'http://agent').searchParams;
    const type = query.get('type') ?? '';
    asked.push(query.toString());
    if (type === 'both' || query.get('task') === 'none') {
      response
        .writeHead(400, { 'content-type': 'application/json' })
        .end(JSON.stringify({ error: type === 'both' ? REFUSED : 'task: must be one of main' }));
      return;
    }
    response.writeHead(200, { 'content-type': 'text/plain' });
    if (query.get('follow') !== 'true') {
      response.end(`${type} 1\n${type} unfinished`);
      return;
    }
    response.flushHeaders();
    followers.set(type, response);
    if (followers.size < 2) return;
    const write = async (): Promise<void> => {
      for (let line = 1; line <= 3; line += 1)
        for (const stream of ['stderr', 'stdout']) {
          followers.get(stream)?.write(`${stream} ${line}\n`);
          await systemClock.sleep(50);
        }
      for (const follower of followers.values()) follower.end();
    };
    void write();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    agent: { nodeId: 'n1', epoch: 1, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
    asked,
  };
}

function httpChannel(t: Test): AgentChannel {
  const channel = createHttpAgentChannel({ requestTimeoutMs: 5000 });
  t.teardown(() => channel.close());
  return channel;
}

void t.test('requests each stream separately from an agent that cannot return both', async (t) => {
  const { agent, asked } = await olderAgent(t);
  t.equal(
    await textOf(httpChannel(t), agent, { follow: false, tail: 2 }),
    'stdout 1\nstdout unfinished\nstderr 1\nstderr unfinished',
  );
  t.same(asked, ['type=both&tail=2', 'type=stdout&tail=2', 'type=stderr&tail=2']);
});

void t.test('returns followed lines in order of arrival', async (t) => {
  const { agent } = await olderAgent(t);
  t.equal(
    await textOf(httpChannel(t), agent, { follow: true }),
    'stderr 1\nstdout 1\nstderr 2\nstdout 2\nstderr 3\nstdout 3\n',
  );
});

void t.test('passes on other errors of the agent unchanged', async (t) => {
  const { agent } = await olderAgent(t);
  t.equal(
    await textOf(httpChannel(t), agent, { follow: false, task: 'none' }),
    JSON.stringify({ kind: 'unknown', problem: 'task: must be one of main' }),
  );
});

void t.test('says of an agent that knows no times of lines that they are unknown', async (t) => {
  const { agent } = await olderAgent(t);
  const plain = await textOf(httpChannel(t), agent, { follow: false });
  t.equal(
    await textOf(httpChannel(t), agent, { follow: false, timestamps: true, until: 1 }),
    plain.replace(/^(?=.)/gm, '- '),
  );
});

onEachNats(t, 'requests one stream after the other from an older agent over NATS', async (t, binary) => {
  const nats = await NatsServer.start(t, { binary });
  const agent = openLink(t, nats.url, 'older agent');
  agent.subscribe(nodeSubjects.query('n1'), undefined, (message) => {
    const query = message.json<{ query: string; type?: string; cursor?: string }>();
    if (query.type === 'both') respond(message, 400, { error: REFUSED });
    else if (query.query === 'logs') respond(message, 200, { cursor: query.type, task: 'main' });
    else
      respond(message, 200, Buffer.from(`${query.cursor}\n`), {
        [CHUNK_HEADER]: '0',
        [LAST_CHUNK_HEADER]: 'true',
      });
  });
  const link = openLink(t, nats.url);
  for (const each of [agent, link]) t.ok(await each.whenConnected(10_000));
  t.ok(await agent.flush(5000));
  const channel = createNatsAgentChannel({
    link,
    clock: systemClock,
    requestTimeoutMs: 2000,
    secretOf: async () => 's'.repeat(43),
  });
  t.equal(
    await textOf(channel, { nodeId: 'n1', epoch: 1, endpoint: 'nats:muster.node.bjE' }, { follow: false }),
    'stdout\nstderr\n',
  );
});
