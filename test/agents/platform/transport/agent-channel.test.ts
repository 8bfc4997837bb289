import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import {
  bodyDigestOf,
  macOf,
  ORDER_SCHEME,
  readProof,
  type AgentProof,
} from '#agents/platform/transport/agent-proof.js';
import { channelKeyOf } from '#agents/platform/transport/sealed-message.js';
import { createHttpAgentChannel } from '#agents/platform/transport/agent-channel.js';
import type { AgentAddress } from '#domain/protocol/agent-channel.js';
import { provenEndpoint, type AllocationOrder } from '#domain/protocol/index.js';
import { eventually } from '../../../fixtures/eventually.js';

const order: AllocationOrder = {
  allocation_id: 'a1',
  job_id: 'j1',
  task_group: { name: 'g', tasks: [{ name: 't', config: { command: 'true' } }] },
};
const status = {
  allocation_id: 'a1',
  job_id: 'j1',
  task_group: 'g',
  status: 'running',
  start_time: 1.5,
  end_time: null,
  tasks: { t: { status: 'running' } },
};

/** A third party's agent with scripted responses. */
async function peer(
  t: Test,
  answer: (request: IncomingMessage, response: ServerResponse, body: string) => void,
): Promise<AgentAddress> {
  const server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => answer(request, response, body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return { nodeId: 'n1', epoch: 7, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

function channel(t: Test, requestTimeoutMs = 5000) {
  const made = createHttpAgentChannel({ requestTimeoutMs, bearerOf: async (nodeId) => `token-of-${nodeId}` });
  t.teardown(() => made.close());
  return made;
}

function json(response: ServerResponse, code: number, body: unknown): void {
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

void t.test('sends the epoch and the token with an order, and returns the outcome', async (t) => {
  let answer: { code: number; body: unknown } = {
    code: 200,
    body: { message: 'Allocation accepted', allocation_id: 'a1' },
  };
  const seen: unknown[] = [];
  const agent = await peer(t, (request, response, body) => {
    seen.push({
      method: request.method,
      url: request.url,
      epoch: request.headers['x-muster-epoch'],
      authorization: request.headers.authorization,
      body: JSON.parse(body),
    });
    json(response, answer.code, answer.body);
  });
  const subject = channel(t);
  t.same(await subject.place(agent, order), { kind: 'accepted' });
  t.same(seen, [
    { method: 'POST', url: '/allocations', epoch: '7', authorization: 'Bearer token-of-n1', body: order },
  ]);
  answer = { code: 400, body: { error: 'no such image' } };
  t.same(await subject.place(agent, order), { kind: 'rejected', message: 'no such image' });
  for (const code of [401, 404, 409, 500, 503]) {
    answer = { code, body: { error: 'later' } };
    t.same(await subject.place(agent, order), { kind: 'unknown', problem: 'later' });
  }
});

void t.test('proves each order to an agent that expects it, and never sends it a token', async (t) => {
  const secret = 'musnode_bjE_the-secret-of-n1';
  const seen: { readonly authorization: string; readonly proof: AgentProof | undefined }[] = [];
  let challenge = 'first.challenge';
  let refused = 0;
  const agent = await peer(t, ({ method = '', url = '', headers }, response, body) => {
    const { authorization = '' } = headers;
    const proof = readProof(authorization, ORDER_SCHEME);
    seen.push({ authorization, proof });
    response.setHeader('x-muster-challenge', challenge);
    const request = { method, path: url, headers };
    const isProven =
      proof?.challenge === challenge &&
      proof.body === bodyDigestOf(body) &&
      proof.mac === macOf(channelKeyOf(secret), request, proof, ORDER_SCHEME);
    if (!isProven) refused += 1;
    json(response, isProven ? 200 : 428, { message: 'Allocation accepted', allocation_id: 'a1' });
  });
  const proven = { ...agent, endpoint: provenEndpoint(agent.endpoint) };
  const subject = createHttpAgentChannel({
    requestTimeoutMs: 5000,
    bearerOf: async () => 'the-token',
    secretOf: async () => secret,
  });
  t.teardown(() => subject.close());
  t.same(await subject.place(proven, order), { kind: 'accepted' });
  t.same(await subject.place(proven, order), { kind: 'accepted' });
  t.equal(refused, 1, 'only the first request asks for a challenge');
  challenge = 'second.challenge';
  t.same(await subject.stop(proven, 'a1', { main: 5 }), { kind: 'stopped' });
  t.equal(refused, 2, 'an expired challenge is replaced');
  const ids = seen.flatMap(({ proof }) => proof?.id ?? []);
  t.equal(new Set(ids).size, ids.length, 'each proof has its own id');
  t.notOk(seen.some(({ authorization }) => authorization.includes('the-token')));
  t.notOk(seen.some(({ authorization }) => authorization.includes(secret)));

  const without = createHttpAgentChannel({ requestTimeoutMs: 5000, bearerOf: async () => 'the-token' });
  t.teardown(() => without.close());
  t.match(await without.place(proven, order), { kind: 'unknown' });
  t.equal(seen.at(-1)?.authorization, '', 'no token is sent instead of a proof');
});

void t.test('gives up if an agent refuses every challenge that it issued', async (t) => {
  let count = 0;
  const agent = await peer(t, (_request, response) => {
    count += 1;
    response.setHeader('x-muster-challenge', `challenge.${count}`);
    json(response, 428, { error: 'again' });
  });
  const subject = createHttpAgentChannel({ requestTimeoutMs: 5000, secretOf: async () => 'musnode_bjE_x' });
  t.teardown(() => subject.close());
  const proven = { ...agent, endpoint: provenEndpoint(agent.endpoint) };
  t.same(await subject.place(proven, order), { kind: 'unknown', problem: 'again' });
  t.equal(count, 2);
});

void t.test('silent commands delay neither orders nor other commands', async (t) => {
  const waiting: ServerResponse[] = [];
  const agent = await peer(t, ({ url }, response) => {
    if (url === '/commands/next') waiting.push(response);
    else json(response, 200, { message: 'done', allocation_id: 'a1', accepted: true });
  });
  const subject = channel(t);
  const silent = Array.from({ length: 64 }, async (_, index) => {
    const session = String(index);
    return await subject.command(agent, 'nextCommandOutput', { session, caller: 'c', chunk: 0 });
  });
  await eventually(() => waiting.length === silent.length, { what: 'the output of each to be requested' });
  const input = { session: '1', caller: 'c', number: 0, end: true };
  t.same(await subject.command(agent, 'commandInput', input), { kind: 'done', answer: { accepted: true } });
  t.same(await subject.place(agent, order), { kind: 'accepted' });
  for (const response of waiting) json(response, 200, { chunk: 0, output: [] });
  for (const each of await Promise.all(silent)) t.match(each, { kind: 'done' });
});

void t.test('treats a 404 response to a stop request as an absent allocation', async (t) => {
  let code = 200;
  const agent = await peer(t, (_request, response) => json(response, code, {}));
  const subject = channel(t);
  t.same(await subject.stop(agent, 'a1'), { kind: 'stopped' });
  code = 404;
  t.same(await subject.stop(agent, 'a1'), { kind: 'absent' });
  code = 500;
  t.match(await subject.stop(agent, 'a1'), { kind: 'unknown' });
});

void t.test(
  "parses an allocation's status, and reports an invalid one or that of another allocation as unknown",
  async (t) => {
    let body: unknown = status;
    const agent = await peer(t, (_request, response) => json(response, 200, body));
    const subject = channel(t);
    t.match(await subject.status(agent, 'a1'), {
      kind: 'found',
      status: { status: 'running', start_time: 1.5 },
    });
    body = { ...status, allocation_id: 'b' };
    t.match(await subject.status(agent, 'a1'), { kind: 'unknown' });
    body = 'hello';
    t.match(await subject.status(agent, 'a1'), { kind: 'unknown' });
  },
);

void t.test('reports redirects, very large responses and timeouts as unknown', async (t) => {
  let reached = false;
  const agent = await peer(t, (request, response) => {
    if (request.url === '/secret') reached = true;
    if (request.method === 'GET') response.writeHead(302, { location: '/secret' }).end();
    else if (request.method === 'POST') response.writeHead(200).end('x'.repeat(2_000_000));
    // A DELETE is never answered.
  });
  const subject = channel(t);
  t.match(await subject.status(agent, 'a1'), { kind: 'unknown' });
  t.notOk(reached);
  t.match(await subject.place(agent, order), { kind: 'unknown', problem: /larger/ });
  t.match(await channel(t, 300).stop(agent, 'a1'), { kind: 'unknown', problem: /timeout/ });
  t.match(await subject.stop({ ...agent, endpoint: 'http://127.0.0.1:1' }, 'a1'), {
    kind: 'unknown',
    problem: /ECONNREFUSED/,
  });
});

void t.test('streams a log until the signal aborts', async (t) => {
  const agent = await peer(t, (request, response) => {
    if (request.url?.startsWith('/allocations/none/') === true)
      return json(response, 404, { error: 'Allocation not found' });
    response.writeHead(200, { 'content-type': 'text/plain' });
    response.write(`${request.url} \u0000`);
  });
  const subject = channel(t);
  const abort = new AbortController();
  const answer = await subject.logs(
    agent,
    'a1',
    { stream: 'stderr', task: 't', follow: true, tail: 3 },
    abort.signal,
  );
  if (answer.kind !== 'found') throw new Error(answer.kind);
  const read: string[] = [];
  await t.rejects(async () => {
    for await (const chunk of answer.chunks) {
      read.push(Buffer.from(chunk).toString());
      abort.abort();
    }
  });
  t.same(read, ['/allocations/a1/logs?type=stderr&task=t&follow=true&tail=3 \u0000']);
  t.same(
    await subject.logs(agent, 'none', { stream: 'stdout', follow: false }, new AbortController().signal),
    { kind: 'absent' },
  );
});

void t.test('sends orders without delay while many logs are followed and queries are pending', async (t) => {
  const stuck = new Set<ServerResponse>();
  const agent = await peer(t, (request, response) => {
    if (request.url?.includes('/logs') === true)
      response.writeHead(200, { 'content-type': 'text/plain' }).write('begun\n');
    else if (request.method === 'GET' && request.url === '/usage') stuck.add(response);
    else json(response, 200, request.method === 'GET' ? status : { allocation_id: 'a1' });
  });
  const subject = channel(t, 3000);
  const life = new AbortController();
  t.teardown(() => life.abort());
  const followed = await Promise.all(
    Array.from(
      { length: 100 },
      async () => await subject.logs(agent, 'a1', { stream: 'stdout', follow: true }, life.signal),
    ),
  );
  for (const each of followed) {
    t.equal(each.kind, 'found');
    if (each.kind === 'found') void drain(each.chunks);
  }
  t.match(await subject.status(agent, 'a1'), { kind: 'found' });
  const waiting = Array.from({ length: 40 }, async () => await subject.usage(agent));
  t.match(await subject.place(agent, order), { kind: 'accepted' });
  t.match(await subject.stop(agent, 'a1'), { kind: 'stopped' });
  life.abort();
  for (const { kind } of await Promise.all(waiting)) t.equal(kind, 'unknown');
});

async function drain(chunks: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    for await (const _ of chunks);
  } catch {
    // The reader has left.
  }
}
