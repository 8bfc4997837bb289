import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import type { Resolve } from '#agents/drivers/http/resolve.js';
import { listen, setUp } from './scene.js';

/** The machine knows these names only. */
const resolve: Resolve = async (name) => {
  const found = { 'public.example': ['192.88.98.1'], 'intern.example': ['10.0.0.5'] }[name];
  if (found === undefined) throw Object.assign(new Error('not found'), { code: 'ENOTFOUND' });
  return found;
};

/** A proxy that answers requests itself, and refuses tunnels. */
async function startProxy(t: Test): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const note = (method: string | undefined, url: string | undefined, credential: string | undefined): void =>
    void asked.push(`${method ?? ''} ${url ?? ''} ${credential ?? '-'}`);
  const server = createServer(({ method, url, headers }, response) => {
    note(method, url, headers['proxy-authorization']);
    response.end('through the proxy');
  });
  server.on('connect', ({ method, url, headers }, socket) => {
    note(method, url, headers['proxy-authorization']);
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

void t.test('calls leave through the proxy, with its credential', async (t) => {
  const { url, asked } = await startProxy(t);
  const proxy = url.replace('://', '://ann:pw@');
  const { run } = await setUp(t, { resolve, proxies: { HTTP_PROXY: proxy, HTTPS_PROXY: proxy } });
  const credential = `Basic ${Buffer.from('ann:pw').toString('base64')}`;
  t.match(await run({ url: 'http://public.example/a?b=1' }), {
    exitCode: 0,
    result: { body: 'through the proxy' },
  });
  t.match(await run({ url: 'http://only-the-proxy-knows.example/' }), { exitCode: 0 });
  t.match(await run({ url: 'https://public.example/' }), {
    exitCode: 1,
    problem: 'https://public.example cannot be reached: the connection failed (the proxy responded with 403)',
  });
  t.same(asked, [
    `GET http://public.example/a?b=1 ${credential}`,
    `GET http://only-the-proxy-knows.example/ ${credential}`,
    `CONNECT public.example:443 ${credential}`,
  ]);
});

void t.test('a proxy reaches nothing that a call without it may not reach', async (t) => {
  const { url, asked } = await startProxy(t);
  const { run } = await setUp(t, { allowed: '', resolve, proxies: { HTTP_PROXY: url, HTTPS_PROXY: url } });
  for (const host of [
    '10.0.0.5',
    '127.0.0.1',
    '169.254.169.254',
    'intern.example',
    'metadata.google.internal',
    'localhost',
    'wiki',
    'printer.local',
  ])
    for (const scheme of ['http', 'https'])
      t.match(await run({ url: `${scheme}://${host}/` }), { exitCode: 1, problem: /is not allowed/ }, host);
  t.same(asked, []);
});

void t.test('calls to allowed addresses of the network, and to NO_PROXY, use no proxy', async (t) => {
  const { url, asked } = await startProxy(t);
  const site = await listen(t, (response) => response.end('direct'));
  const { run } = await setUp(t, { allowed: '127.0.0.1', proxies: { http_proxy: url } });
  t.match(await run({ url: site.url }), { exitCode: 0, result: { body: 'direct' } });
  const excluded = await setUp(t, { resolve, proxies: { HTTP_PROXY: url, NO_PROXY: '.example' } });
  t.match(await excluded.run({ url: 'http://unknown.example/' }), {
    exitCode: 1,
    problem: /cannot be resolved/,
  });
  t.same(asked, []);
});

void t.test('a proxy that is away is a failed connection, which the agent logs', async (t) => {
  const logged: object[] = [];
  const { run } = await setUp(t, {
    resolve,
    proxies: { HTTP_PROXY: 'http://127.0.0.1:1' },
    log: { info: (fields, code) => logged.push({ ...fields, code }) },
  });
  t.match(await run({ url: 'http://public.example/' }), {
    exitCode: 1,
    problem: 'http://public.example cannot be reached: the connection failed (ECONNREFUSED)',
  });
  await run({ url: 'http://10.0.0.5/' });
  t.match(logged, [
    { code: 'agent.http.failed', cause: 'the proxy did not connect' },
    { code: 'agent.http.failed', cause: /private/ },
  ]);
});
