import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { startAgent } from '../fixtures/agent.js';
import { eventually, PATIENCE } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { startServer } from '../fixtures/server.js';
import { TaskAccount } from '../fixtures/task-account.js';

t.setTimeout(300_000 * PATIENCE);

void t.test(
  'a notification is delivered and its attempts are recorded even if the agent is killed during the call',
  async (t) => {
    const came: number[] = [];
    const held: ServerResponse[] = [];
    // The first call never gets a response.
    const receiver = createServer((request, reply) => {
      let text = '';
      request.setEncoding('utf8');
      request.on('data', (part: string) => (text += part));
      request.on('end', () => {
        came.push((JSON.parse(text) as { notice_id: number }).notice_id);
        if (came.length === 1) held.push(reply);
        else reply.writeHead(204).end();
      });
    });
    await new Promise<void>((listens) => receiver.listen(0, '127.0.0.1', listens));
    t.teardown(() => receiver.close().closeAllConnections());
    const { port } = receiver.address() as AddressInfo;
    const server = await startServer(t, {
      dataDir: join(ownFolder(t), 'server'),
      env: { MUSTER_ADMIN_PASSWORD: 'password123' },
    });
    const agent = await startAgent(t, server, { env: { MUSTER_HTTP_ALLOW: `127.0.0.1:${port}` } });
    const root = await TaskAccount.logIn(server.api, 'admin', 'password123');
    const { id } = await root.create({
      name: 'fails',
      command: 'exit 3',
      notify: { on: ['failure'], url: `http://127.0.0.1:${port}/` },
    });
    await root.trigger(id);
    await eventually(() => Promise.resolve(held.length === 1), {
      timeout: 60_000,
      what: 'the call in progress',
    });
    await agent.kill();
    await agent.start(60_000);
    const told = await root.noticeIs(id, 1, 'delivered', 120_000);
    t.same(came, [1, 1], 'the call is repeated, as the outcome of the first one is unknown');
    t.match(told, { on: 'failure', run_id: 1, attempt: 2, attempts: 8, http_status: 204 });
    t.match(
      await root.is(id, 1, 'failed'),
      { attempt: 1, exit_code: 3 },
      'the run of the notification is not repeated',
    );
    await invariantsHold(t, server);
  },
);
