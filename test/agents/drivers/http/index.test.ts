import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import type { AllocationOrder } from '#domain/protocol/index.js';
import { hasOpenssl, selfSigned } from '../../../fixtures/self-signed.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { call, order, spawnAgent, startPair } from '../../support/agent.js';
import { PeerServer, until } from '../../support/peer-server.js';
import { listen } from './scene.js';

const calling = (config: object, rest: object = {}): AllocationOrder => {
  const { task_group, ...given } = order({});
  return {
    ...given,
    task_group: { ...task_group, tasks: [{ name: 'main', driver: 'http', config, ...rest }] },
  };
};

void t.test('makes the call of an order, and reports its result and log', async (t) => {
  const site = await listen(t, (response) => response.end('hello\nthere\n'));
  const { agent, peer } = await startPair(t, { httpAllow: '127.0.0.0/8' });
  const subject = calling({ url: site.url });
  t.equal((await call('POST', `${agent.url}/allocations`, subject)).status, 200);
  const report = await peer.reported(subject.allocation_id, 'complete');
  t.match(report, {
    tasks: { main: { exit_code: 0, result: { http_status: 200, body: 'hello\nthere\n' } } },
  });
  const logs = `${agent.url}/allocations/${subject.allocation_id}/logs`;
  t.equal((await call('GET', `${logs}?tail=1`)).body, 'there\n');
  t.match((await call('GET', `${logs}?type=stderr`)).body, /^GET http:.*: 200\n$/);
  t.match(
    (await call('GET', logs)).body,
    /^GET http:.*: 200\nhello\nthere\n$/,
    'the log has the call first, and then the response',
  );
});

void t.test("cancels a call that exceeds its task's timeout", async (t) => {
  const site = await listen(t, () => undefined);
  const { peer } = await startPair(t, { httpAllow: '127.0.0.0/8' });
  const subject = calling({ url: site.url }, { max_run_seconds: 0.3 });
  peer.want(subject);
  t.match(await peer.reported(subject.allocation_id, 'failed'), {
    tasks: { main: { message: 'ran longer than 0.3 s and was stopped' } },
  });
});

void t.test(
  "calls only public addresses unless others are allowed, and never Muster's own addresses",
  async (t) => {
    const site = await listen(t, (response) => response.end());
    const outcome = async (
      httpAllow: string | undefined,
      url: (pair: { agent: { url: string }; peer: { url: string } }) => string,
    ): Promise<string> => {
      const pair = await startPair(t, {
        ...(httpAllow !== undefined && { httpAllow }),
        ownParts: ['127.0.0.1:1', 'nats://127.0.0.1:2'],
      });
      const before = pair.peer.heartbeats.length;
      const subject = calling({ url: url(pair) });
      pair.peer.want(subject);
      const { tasks } = await pair.peer.reported(subject.allocation_id, 'failed');
      t.ok(pair.peer.heartbeats.length > before);
      return tasks['main']?.message ?? '';
    };
    t.match(await outcome(undefined, () => site.url), /cannot be reached/);
    const own = /cannot be reached/;
    t.match(await outcome('127.0.0.0/8', ({ agent }) => `${agent.url}/allocations`), own);
    t.match(
      await outcome('0.0.0.0/0,::/0,localhost', ({ peer }) => peer.url.replace('127.0.0.1', 'localhost')),
      own,
    );
    t.match(await outcome('0.0.0.0/0', ({ peer }) => peer.url.replace('127.0.0.1', '127.9.9.9')), own);
    for (const port of [1, 2]) t.match(await outcome('127.0.0.0/8', () => `http://127.0.0.1:${port}/`), own);
    t.equal(site.seen.length, 0);
  },
);

void t.test('never calls addresses that the server reports as its own, even after a kill', async (t) => {
  const site = await listen(t, (response) => response.end());
  const dataDir = ownFolder(t);
  const peer = await PeerServer.start();
  t.teardown(() => peer.close());
  peer.ownParts = `10.9.8.7:2113,127.0.0.1:${new URL(site.url).port}`;
  const options = { dataDir, serverUrl: peer.url, httpAllow: '127.0.0.0/8' };
  const first = await spawnAgent(t, options);
  const outcome = async (): Promise<string> => {
    const subject = calling({ url: site.url });
    peer.want(subject);
    return (await peer.reported(subject.allocation_id, 'failed')).tasks['main']?.message ?? '';
  };
  t.match(await outcome(), /cannot be reached/);
  peer.ownParts = undefined;
  await first.kill('SIGKILL');
  await spawnAgent(t, options);
  t.match(await outcome(), /cannot be reached/, 'the addresses are retained for the next agent');
  t.equal(site.seen.length, 0);
});

void t.test(
  'reports a call that was in flight when the agent was killed as unknown, and does not repeat it',
  async (t) => {
    const site = await listen(t, () => undefined);
    const dataDir = ownFolder(t);
    const peer = await PeerServer.start();
    t.teardown(() => peer.close());
    const options = { dataDir, serverUrl: peer.url, httpAllow: '127.0.0.0/8' };
    const first = await spawnAgent(t, options);
    const subject = calling({ url: site.url, method: 'POST', body: 'once' });
    peer.want(subject);
    t.equal((await call('POST', `${first.url}/allocations`, subject)).status, 200);
    await until(() => site.seen.length === 1);
    await peer.reported(subject.allocation_id, 'running');
    await first.kill('SIGKILL');
    await spawnAgent(t, options);
    const report = await peer.reported(subject.allocation_id, 'failed');
    t.match(report, {
      tasks: {
        main: {
          exit_code: null,
          message: /^the agent ended during the call: the outcome is unknown/,
        },
      },
    });
    t.equal(site.seen.length, 1);
  },
);

for (const name of ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE'])
  void t.test(
    `accepts a certificate that the machine trusts (${name})`,
    { skip: hasOpenssl ? false : 'openssl is not installed' },
    async (t) => {
      const own = selfSigned(t);
      const server = createServer(own, (_request, response) => response.end('sealed')).listen(0, '127.0.0.1');
      await once(server, 'listening');
      t.teardown(() => server.close());
      const { port } = server.address() as AddressInfo;
      const peer = await PeerServer.start();
      t.teardown(() => peer.close());
      await spawnAgent(
        t,
        { dataDir: ownFolder(t), serverUrl: peer.url, httpAllow: 'localhost,127.0.0.1' },
        { [name]: own.certFile },
      );
      for (const host of ['127.0.0.1', 'localhost']) {
        const subject = calling({ url: `https://${host}:${port}/` });
        peer.want(subject);
        t.match(
          await peer.reported(subject.allocation_id, 'complete'),
          { tasks: { main: { result: { body: 'sealed' } } } },
          host,
        );
      }
    },
  );
