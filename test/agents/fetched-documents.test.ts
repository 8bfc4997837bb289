import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { FetchedDocuments } from '#agents/fetched-documents.js';
import { createServerClient } from '#agents/platform/transport/server-client.js';
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
  const client = createServerClient({ serverUrl: url, requestTimeoutMs: 10_000 });
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

void t.test("fetches a document from the server with the node's id", async (t) => {
  const { documents, asked } = await scene(t, { now: keeps('hello') });
  t.equal(await documents.fetch(hashOf('hello'), never), 'hello');
  t.match(asked[0], {
    url: `/nodes/n.1/documents/${hashOf('hello')}`,
    headers: { 'x-muster-agent': '2' },
  });
});

void t.test("rejects at once, with the server's message, if the document does not exist", async (t) => {
  const { documents, asked } = await scene(t, { now: says(404, { error: 'there is no document of it' }) });
  await t.rejects(documents.fetch(hashOf('hello'), never), {
    message: `the server has no document ${hashOf('hello')}: there is no document of it`,
  });
  t.equal(asked.length, 1);
});

void t.test('rejects at once if the text has the wrong hash or is invalid', async (t) => {
  const answer = { now: says(200, { hash: hashOf('hello'), text: 'another' }) };
  const { documents, asked } = await scene(t, answer);
  await t.rejects(documents.fetch(hashOf('hello'), never), {
    message: `the server sent a different text for document ${hashOf('hello')}: its SHA-256 is ${hashOf('another')}`,
  });
  for (const body of [null, {}, [], 'hello', { text: 7 }, { hash: hashOf('hello') }]) {
    answer.now = says(200, body);
    await t.rejects(documents.fetch(hashOf('hello'), never), { message: /the response is not a document$/ });
  }
  t.equal(asked.length, 7);
});

void t.test('retries until the server accepts connections', async (t) => {
  const port = await freePort();
  const { documents, listen } = await scene(t, { now: keeps('hello') }, port);
  const coming = documents.fetch(hashOf('hello'), never);
  await listen(port);
  t.equal(await coming, 'hello');
});

void t.test('retries a failing or overloaded server, or one that refuses the node', async (t) => {
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

void t.test('stops waiting when aborted', async (t) => {
  const { documents, asked } = await scene(t, { now: () => undefined });
  const abort = new AbortController();
  const refused = t.rejects(documents.fetch(hashOf('hello'), abort.signal), {
    message: `the request for document ${hashOf('hello')} was cancelled`,
  });
  await eventually(() => asked.length === 1);
  abort.abort();
  await refused;
  await t.rejects(documents.fetch(hashOf('hello'), abort.signal), { message: /was cancelled/ });
  t.equal(asked.length, 1, 'an aborted fetch sends no request');
});

void t.test('rejects an invalid hash without a request', async (t) => {
  const { documents, asked } = await scene(t, { now: keeps('hello') });
  for (const hash of HOSTILE_HASHES)
    await t.rejects(documents.fetch(hash, never), {
      message: 'the hash of a document must be a SHA-256 in hexadecimal',
    });
  t.equal(asked.length, 0);
});
