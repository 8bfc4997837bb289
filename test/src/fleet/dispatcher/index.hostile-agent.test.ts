import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import t, { type Test } from 'tap';
import { createHttpAgentChannel } from '#agents/platform/transport/agent-channel.js';
import { startDispatcher } from '#src/fleet/dispatcher/index.js';
import { eventually } from '../../../fixtures/eventually.js';
import { startServer } from '../nodes/cluster.js';

const REQUEST_TIMEOUT = 300;
/** For agents that respond at once. A busy machine never reaches it. */
const LONG_TIMEOUT = 60_000;

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

async function listen(t: Test, handler: Handler): Promise<string> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function scene(t: Test, requestTimeoutMs = REQUEST_TIMEOUT) {
  const server = await startServer(t);
  const channel = createHttpAgentChannel({ requestTimeoutMs });
  const unanswered: string[] = [];
  const logger = pino(
    { level: 'info' },
    { write: (line: string) => void (line.includes('dispatcher.unanswered') && unanswered.push(line)) },
  );
  const dispatcher = startDispatcher({
    ...server,
    logger,
    channel,
    requestTimeoutMs,
    retry: { first: 20, most: 100 },
  });
  t.teardown(async () => {
    await dispatcher.stop(0);
    await channel.close();
  });
  await dispatcher.ready;
  await server.pen.job('j1');
  return { ...server, dispatcher, unanswered };
}

const json = (response: ServerResponse, status: number, body: unknown): void =>
  void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

void t.test('delivers an order to a healthy agent while a hundred other agents hang', async (t) => {
  const { pen, register, dispatcher, unanswered } = await scene(t, LONG_TIMEOUT);
  const hanging = await listen(t, () => undefined);
  // The dispatcher also requests the status of an order soon after the agent accepted it.
  const status = { allocation_id: 'g1', job_id: 'j1', task_group: 'main', status: 'pending' };
  const good = await listen(t, ({ method }, response) =>
    json(response, 200, method === 'GET' ? status : { message: 'Allocation accepted' }),
  );
  for (let index = 0; index < 100; index += 1) {
    await register({ node_id: `h${index}`, endpoint: hanging });
    await pen.place(`ha${index}`, `h${index}`);
  }
  await register({ node_id: 'good', endpoint: good });
  await pen.place('g1', 'good');
  await eventually(async () => (await pen.types('node-good')).includes('AllocationAccepted'), {
    interval: 2,
  });
  // The second request is sent after the response to the first.
  await eventually(() => dispatcher.metrics().asked > 1);
  t.same(unanswered, [], 'no hanging call has ended yet');
  t.equal(dispatcher.metrics().unknown, 0);
  await eventually(() => dispatcher.metrics().callsUnderWay === 100);
});

const nonsense: Record<string, Handler> = {
  'redirects elsewhere': (_request, response) =>
    void response.writeHead(302, { location: 'http://169.254.169.254/latest' }).end(),
  'never ends its response': (_request, response) => {
    response.writeHead(400, { 'content-type': 'application/json' });
    const chunk = Buffer.alloc(65_536, 32);
    const pour = (): void => void (response.destroyed || response.write(chunk, () => setImmediate(pour)));
    pour();
  },
  'does not respond with JSON': (_request, response) => void response.writeHead(500).end('<html>'),
  'closes the connection': (request) => void request.socket.destroy(),
};

for (const [what, handler] of Object.entries(nonsense)) {
  void t.test(`does not resend an order whose outcome is unknown because the agent ${what}`, async (t) => {
    const { pen, register, heartbeat, dispatcher } = await scene(t);
    await register({ endpoint: await listen(t, handler) });
    await pen.place('a1');
    await eventually(() => dispatcher.metrics().unknown >= 3);
    await heartbeat();
    await eventually(() => dispatcher.metrics().unknown >= 5);
    t.strictSame(await pen.types(), ['NodeRegistered']);
    t.equal(dispatcher.metrics().orders, 1, 'the order is not resent without proof that it did not arrive');
  });
}

void t.test('ignores a status that is invalid or of another allocation', async (t) => {
  const { pen, register, dispatcher } = await scene(t, LONG_TIMEOUT);
  const endpoint = await listen(t, (request, response) => {
    if (request.method === 'POST') json(response, 200, {});
    else
      json(response, 200, {
        allocation_id: 'other',
        job_id: 'j1',
        task_group: 'web',
        status: 'failed',
        tasks: 7,
      });
  });
  await register({ endpoint });
  await pen.place('a1');
  await eventually(() => dispatcher.metrics().unknown >= 3);
  t.strictSame(await pen.types(), ['NodeRegistered', 'AllocationAccepted']);
});

void t.test('truncates a refusal message of several megabytes', async (t) => {
  const { pen, register } = await scene(t, LONG_TIMEOUT);
  await register({
    endpoint: await listen(t, (_request, response) => json(response, 400, { error: 'x'.repeat(100_000) })),
  });
  await pen.place('a1');
  await eventually(async () => (await pen.types()).includes('AllocationFailed'));
  t.ok(((await pen.newest('AllocationFailed')) as { message: string }).message.length <= 2048);
});

void t.test('makes no calls for invalid allocation ids', async (t) => {
  const { pen, register, heartbeat } = await scene(t, LONG_TIMEOUT);
  const paths: string[] = [];
  const endpoint = await listen(t, (request, response) => {
    // The status of an accepted order may be requested at any time.
    if (request.method !== 'GET') paths.push(`${request.method} ${request.url}`);
    json(response, 200, { message: 'ok' });
  });
  await register({ endpoint });
  const odd = ['..', '\ud800', 'a/b', '', ' ', 'x'.repeat(101), '__proto__', 'constructor', 'stray-1'];
  await heartbeat({ allocations: Object.fromEntries(odd.map((id) => [id, { status: 'running' }])) });
  await pen.place('a1');
  await eventually(() => paths.length >= 3);
  t.strictSame(paths.sort(), [
    'DELETE /allocations/constructor',
    'DELETE /allocations/stray-1',
    'POST /allocations',
  ]);
});
