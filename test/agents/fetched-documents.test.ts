import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { systemClock } from '#agents/clock/system-clock.js';
import { FetchedDocuments } from '#agents/fetched-documents.js';
import { createServerClient } from '#agents/transport/server-client.js';
import { HOSTILE_HASHES, hashOf } from '../fixtures/documents.js';
import { eventually } from '../fixtures/eventually.js';
import { freePort } from '../fixtures/free-port.js';

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const never = new AbortController().signal;

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
const says =
  (status: number, body: unknown): Answer =>
  (_request, response) =>
    void response.writeHead(status).end(JSON.stringify(body));
const keeps = (text: string): Answer => says(200, { hash: hashOf(text), text });

/** An agent's documents and a server whose response the test sets; returns the requests too. */
async function scene(t: Test, answer: { now: Answer }, port?: number) {
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    asked.push(request);
    answer.now(request, response);
  });
  const listen = async (at: number): Promise<void> =>
    await new Promise((resolve) => server.listen(at, '127.0.0.1', resolve));
  if (port === undefined) await listen(0);
  const url = `http://127.0.0.1:${port ?? (server.address() as AddressInfo).port}`;
  const client = createServerClient({ serverUrl: url, joinToken: 'secret' });
  t.teardown(async () => {
    await client.close();
    server.closeAllConnections();
    server.close();
  });
  return {
    asked,
    listen,
    documents: new FetchedDocuments({ nodeId: 'n.1', client, clock: systemClock, log, random: () => 0 }),
  };
}

void t.test('a text comes from the server, in the name of the node', async (t) => {
  const { documents, asked } = await scene(t, { now: keeps('hello') });
  t.equal(await documents.fetch(hashOf('hello'), never), 'hello');
  t.match(asked[0], {
    url: `/nodes/n.1/documents/${hashOf('hello')}`,
    headers: { authorization: 'Bearer secret', 'x-muster-agent': '1' },
  });
});

void t.test('a text that the server does not have is refused at once, in its words', async (t) => {
  const { documents, asked } = await scene(t, { now: says(404, { error: 'no document is kept under it' }) });
  await t.rejects(documents.fetch(hashOf('hello'), never), {
    message: `the server has no document ${hashOf('hello')}: no document is kept under it`,
  });
  t.equal(asked.length, 1);
});

void t.test('a text with a wrong hash is refused at once, and so is an invalid one', async (t) => {
  const answer = { now: says(200, { hash: hashOf('hello'), text: 'another' }) };
  const { documents, asked } = await scene(t, answer);
  await t.rejects(documents.fetch(hashOf('hello'), never), {
    message: `what the server sent as document ${hashOf('hello')} is another text, of SHA-256 ${hashOf('another')}`,
  });
  for (const body of [null, {}, [], 'hello', { text: 7 }, { hash: hashOf('hello') }]) {
    answer.now = says(200, body);
    await t.rejects(documents.fetch(hashOf('hello'), never), { message: /the answer is no document$/ });
  }
  t.equal(asked.length, 7);
});

void t.test('while no server is there it is waited for', async (t) => {
  const port = await freePort();
  const { documents, listen } = await scene(t, { now: keeps('hello') }, port);
  const coming = documents.fetch(hashOf('hello'), never);
  await listen(port);
  t.equal(await coming, 'hello');
});

void t.test('a server that fails, is overloaded, or refuses the node is called again', async (t) => {
  const answers = [
    says(500, {}),
    says(503, { error: 'overloaded' }),
    says(429, {}),
    says(401, { error: 'authorization required' }),
    keeps('hello'),
  ];
  const { documents, asked } = await scene(t, {
    now: (request, response) => answers.shift()?.(request, response),
  });
  t.equal(await documents.fetch(hashOf('hello'), never), 'hello');
  t.equal(asked.length, 5);
});

void t.test('an aborted request stops waiting, though the server never responds', async (t) => {
  const { documents, asked } = await scene(t, { now: () => undefined });
  const abort = new AbortController();
  const refused = t.rejects(documents.fetch(hashOf('hello'), abort.signal), {
    message: `document ${hashOf('hello')} is no longer wanted`,
  });
  await eventually(() => asked.length === 1);
  abort.abort();
  await refused;
  await t.rejects(documents.fetch(hashOf('hello'), abort.signal), { message: /no longer wanted/ });
  t.equal(asked.length, 1, 'nor is it asked for');
});

void t.test('an invalid hash is not requested', async (t) => {
  const { documents, asked } = await scene(t, { now: keeps('hello') });
  for (const hash of HOSTILE_HASHES)
    await t.rejects(documents.fetch(hash, never), {
      message: 'a document is named by a SHA-256 in hexadecimal',
    });
  t.equal(asked.length, 0);
});
