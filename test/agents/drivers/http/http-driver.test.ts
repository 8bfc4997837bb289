import { createServer } from 'node:https';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import { hasOpenssl, selfSigned } from '../../../fixtures/self-signed.js';
import { until } from '../../support/peer-server.js';
import { listen, setUp } from './scene.js';

void t.test('makes a call as requested, and returns the status, headers and body', async (t) => {
  const peer = await listen(t, (response) =>
    response.writeHead(201, { 'x-kept': 'yes', 'set-cookie': ['a=1', 'b=2'] }).end('made: ä'),
  );
  const { spec, driver, logOf } = await setUp(t);
  const headers = { 'X-Token': { env: 'TOKEN' }, 'Content-Type': 'application/json', 'User-Agent': 'mine' };
  const subject = spec(
    { url: `${peer.url}/a/b?c=d#e`, method: 'POST', headers, body: ['{"a":', { env: 'REST' }] },
    { TOKEN: 'secret', REST: '1}' },
  );
  const task = await driver.start(subject);
  const exit = await task.exit;
  t.match(exit, {
    exitCode: 0,
    outOfMemory: false,
    result: { http_status: 201, headers: { 'x-kept': 'yes', 'set-cookie': 'a=1, b=2' }, body: 'made: ä' },
  });
  t.ok(exit.endTime >= task.startTime && task.startTime > 1_700_000_000, 'times are Unix seconds');
  t.same(
    peer.seen.map(({ method, url, body }) => [method, url, body]),
    [['POST', '/a/b?c=d', '{"a":1}']],
  );
  t.match(peer.seen[0]?.headers, {
    host: `127.0.0.1:${peer.port}`,
    'x-token': 'secret',
    'content-type': 'application/json',
    'content-length': '7',
    'user-agent': 'mine',
  });
  t.equal(await logOf(subject), 'made: ä');
  t.equal(
    await logOf(subject, 'stderr'),
    `POST ${peer.url}: 201\n`,
    'the log omits the path, which may be secret',
  );
});

void t.test('calls a URL from a variable without logging it', async (t) => {
  const peer = await listen(t, (response) => response.writeHead(500).end());
  const { spec, driver, logOf } = await setUp(t);
  const subject = spec(
    { url: { env: 'HOOK' }, method: 'POST' },
    { HOOK: `${peer.url}/services/token-of-the-hook?key=k` },
  );
  const exit = await (await driver.start(subject)).exit;
  t.match(exit, { exitCode: 1, problem: 'the response has status 500, expected 2xx' });
  t.equal(peer.seen[0]?.url, '/services/token-of-the-hook?key=k');
  t.notMatch(JSON.stringify(exit) + (await logOf(subject, 'stderr')), /token-of-the-hook|key=k/);
});

void t.test('validates a URL from a variable like one in the config', async (t) => {
  const peer = await listen(t, (response) => response.end());
  const { spec, driver, run, logOf } = await setUp(t, {
    allowed: `127.0.0.1:${peer.port}`,
    resolve: async () => ['127.0.0.3'],
  });
  const by = (url: string, env: Record<string, string> = { HOOK: url }) =>
    spec({ url: { env: 'HOOK' } }, env);
  await t.rejects(driver.start(by('', {})), {
    name: 'TaskStartError',
    message: 'its config refers to the variable HOOK, which is not in its env',
  });
  const { port } = peer;
  for (const malformed of [
    '',
    'token-of-the-hook',
    'file:///token-of-the-hook',
    `ftp://127.0.0.1:${port}/token-of-the-hook`,
    `http://user:pass@127.0.0.1:${port}/token-of-the-hook`,
    `http://127.0.0.1:${port}\\token-of-the-hook`,
    ` http://127.0.0.1:${port}/token-of-the-hook`,
    `http://127.0.0.1:${port}/token-of-the-hook\r\nX-Own: 1`,
    'http://127.0.0.1:99999/token-of-the-hook',
    `http://127.0.0.1:${port}/token-of-the-hook${'x'.repeat(8192)}`,
  ]) {
    const refused = driver.start(by(malformed)).then(
      () => new Error('it was begun'),
      (error: unknown) => error as Error,
    );
    const { name, message } = await refused;
    t.equal(name, 'TaskStartError', encodeURI(malformed));
    t.match(message, /^its URL /);
    t.notMatch(message, /token-of-the-hook|user:pass/);
  }
  for (const inward of [
    'http://127.0.0.2',
    'http://10.0.0.1',
    'http://169.254.169.254',
    'http://2130706434',
    'http://[::ffff:127.0.0.2]',
    'http://inner.example',
  ]) {
    const subject = by(`${inward}/token-of-the-hook`);
    const exit = await (await driver.start(subject)).exit;
    t.match(exit, { exitCode: 1, problem: /cannot be reached/, result: undefined }, inward);
    t.notMatch(JSON.stringify(exit) + (await logOf(subject, 'stderr')), 'token-of-the-hook');
  }
  t.same(peer.seen, [], 'no refused URL was called');
  t.match(await run({ url: { env: 'HOOK' } }, { HOOK: peer.url }), { exitCode: 0 });
});

void t.test('sends every method unchanged, and reads no body after HEAD', async (t) => {
  const peer = await listen(t, (response) => response.end('text'));
  const { run } = await setUp(t);
  for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
    t.match(
      await run({ url: peer.url, method }),
      { exitCode: 0, result: { body: method === 'HEAD' ? '' : 'text' } },
      method,
    );
  t.same(
    peer.seen.map(({ method }) => method),
    ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
  );
});

void t.test('succeeds on 2xx, or the expected status', async (t) => {
  const peer = await listen(t, (response, { url }) =>
    response.writeHead(Number(url.slice(1)), { location: '/200' }).end('{"state": "ok"}'),
  );
  const { run } = await setUp(t);
  const call = async (status: number, expect?: object) =>
    await run({ url: `${peer.url}/${status}`, ...(expect && { expect }) });
  t.match(await call(204), { exitCode: 0, result: { http_status: 204 } });
  t.match(await call(500), {
    exitCode: 1,
    problem: 'the response has status 500, expected 2xx',
    result: { http_status: 500, body: '{"state": "ok"}' },
  });
  t.match(
    await call(304),
    { exitCode: 1, problem: /status 304/ },
    'a 304 response is not followed as a redirect',
  );
  t.match(await call(404, { status: 404 }), { exitCode: 0 });
  t.match(await call(200, { status: [201, 404] }), {
    exitCode: 1,
    problem: 'the response has status 200, expected 201 or 404',
  });
  t.match(
    await call(302, { status: 302 }),
    { exitCode: 0, result: { http_status: 302 } },
    'an expected redirect is not followed',
  );
  t.match(await call(302), { exitCode: 0, result: { http_status: 200 } });
  t.match(await call(200, { body_regex: '"state":\\s*"ok"' }), { exitCode: 0 });
  t.match(await call(200, { body_regex: '^ok$' }), {
    exitCode: 1,
    problem: 'the response body does not match body_regex',
  });
  t.match(await call(204, { body_regex: '^$' }), { exitCode: 0 }, 'a missing body matches as an empty one');
});

void t.test('cancels matching a slow pattern after a second, without delaying other calls', async (t) => {
  let seed = 1;
  const text = Array.from({ length: 1_048_576 }, () =>
    String.fromCharCode(97 + ((seed = (seed * 16_807) % 2_147_483_647) % 26)),
  ).join('');
  const peer = await listen(t, (response, { url }) => response.end(url === '/long' ? text : 'ok'));
  const { run } = await setUp(t);
  const slow = run({ url: `${peer.url}/long`, expect: { body_regex: '(a?){100}a{100}(b|c)z\\b' } });
  await until(() => peer.seen.length === 1);
  t.match(await run({ url: peer.url }), { exitCode: 0 });
  t.match(await slow, {
    exitCode: 1,
    problem: 'matching body_regex against the response took longer than 1 s',
    result: { http_status: 200 },
  });
  t.match(
    await run({ url: peer.url, expect: { body_regex: '^ok$' } }),
    { exitCode: 0 },
    'the next response is matched against its own pattern',
  );
});

void t.test('follows up to ten redirects that keep the method and the body', async (t) => {
  const peer = await listen(t, (response, { url }) => {
    const [, status = '', left = ''] = url.split('/');
    if (left === '0') response.end('there');
    else response.writeHead(Number(status), { location: `../${status}/${Number(left) - 1}` }).end();
  });
  const { run } = await setUp(t);
  t.match(await run({ url: `${peer.url}/302/10` }), { exitCode: 0, result: { body: 'there' } });
  t.match(await run({ url: `${peer.url}/302/11` }), {
    exitCode: 1,
    problem: 'was redirected more than 10 times',
  });
  const post = { method: 'POST', body: 'x', headers: { 'Content-Type': 'text/plain', 'X-Own': '1' } };
  for (const status of [307, 308]) {
    peer.seen.length = 0;
    t.match(await run({ url: `${peer.url}/${status}/1`, ...post }), { exitCode: 0 });
    t.match(
      peer.seen[1],
      { method: 'POST', body: 'x', headers: { 'x-own': '1', 'content-type': 'text/plain' } },
      String(status),
    );
  }
  peer.seen.length = 0;
  t.match(await run({ url: `${peer.url}/303/1`, method: 'HEAD' }), { exitCode: 0 });
  t.equal(peer.seen[1]?.method, 'HEAD');
  t.match(await run({ url: `${peer.url}/302/1`, method: 'PUT', body: 'y' }), { exitCode: 0 });
  t.match(peer.seen[3], { method: 'PUT', body: 'y' });
});

void t.test('a redirect that would drop the request is not followed, and is no success', async (t) => {
  const peer = await listen(t, (response, { url, method }) => {
    const [, status = ''] = url.split('/');
    if (method === 'GET') response.end('Please log in');
    else response.writeHead(Number(status), { location: '/login?next=1' }).end();
  });
  const { run } = await setUp(t);
  for (const [status, method, body] of [
    [301, 'POST', 'x'],
    [302, 'POST', 'x'],
    [303, 'POST', 'x'],
    [302, 'POST', undefined],
    [303, 'PUT', 'x'],
    [303, 'DELETE', undefined],
  ] as const) {
    peer.seen.length = 0;
    const exit = await run({ url: `${peer.url}/${status}`, method, body });
    t.match(exit, { exitCode: 1, result: { http_status: status, headers: { location: '/login?next=1' } } });
    t.equal(
      exit.problem,
      `the response has status ${status}, a redirect to ${peer.url}/login?next=1. It was not followed, because the ${method} would become a GET without its body. Set the URL to one that accepts the ${method}`,
    );
    t.equal(peer.seen.length, 1);
  }
  const expected = { url: `${peer.url}/302`, method: 'POST', body: 'x', expect: { status: [200, 302] } };
  t.match(await run(expected), { exitCode: 0, result: { http_status: 302 } });
  const secret = { url: { env: 'HOOK' }, method: 'POST', body: 'x' };
  t.match(await run(secret, { HOOK: `${peer.url}/302/token` }), {
    exitCode: 1,
    problem: new RegExp(`a redirect to another path of ${peer.url}\\. `),
  });
});

void t.test('drops headers that may be secret when a redirect leads to another host', async (t) => {
  const other = await listen(t, (response) => response.end('other'));
  const first = await listen(t, (response) => response.writeHead(307, { location: `${other.url}/x` }).end());
  const { run } = await setUp(t);
  const headers = {
    Authorization: 'Bearer x',
    Cookie: 'a=b',
    'X-Api-Key': 'y',
    Accept: 'text/plain',
    'Content-Type': 'text/plain',
  };
  t.match(await run({ url: first.url, method: 'POST', body: 'z', headers }), { exitCode: 0 });
  t.match(first.seen[0]?.headers, { authorization: 'Bearer x', cookie: 'a=b', 'x-api-key': 'y' });
  const {
    authorization,
    cookie,
    'x-api-key': key,
    host,
    accept,
    'content-type': type,
  } = other.seen[0]?.headers ?? {};
  t.same(
    [authorization, cookie, key, host, accept, type],
    [undefined, undefined, undefined, `127.0.0.1:${other.port}`, 'text/plain', 'text/plain'],
  );
});

void t.test('checks the target of a redirect in the same way as the first URL', async (t) => {
  const locations = [
    'http://127.0.0.2/',
    'http://2130706434/',
    'http://[::ffff:127.0.0.2]/',
    'http://localhost./',
    'http://10.0.0.1/',
    'http://169.254.169.254/latest/meta-data',
    'ftp://127.0.0.1/',
    'file:///etc/passwd',
    'http://user@127.0.0.1/',
    'http://inner.example/',
    '//127.0.0.2/',
    'http://[',
  ];
  const peer = await listen(t, (response, { url }) =>
    response.writeHead(302, { location: locations[Number(url.slice(1))] }).end(),
  );
  const { run } = await setUp(t, { allowed: `127.0.0.1:${peer.port}`, resolve: async () => ['127.0.0.3'] });
  for (const [index, location] of locations.entries()) {
    const exit = await run({ url: `${peer.url}/${index}` });
    t.match(exit, { exitCode: 1, problem: /cannot be reached|URL/, result: undefined }, location);
  }
  t.equal(peer.seen.length, locations.length);
});

void t.test(
  'connects to the address that was checked, even if the name then resolves differently',
  async (t) => {
    const asked: string[] = [];
    const [good, bad] = [
      await listen(t, (response) => response.end('good')),
      await listen(t, (response) => response.end('bad'), '127.0.0.2'),
    ];
    t.not(good.port, bad.port);
    const resolve = async (name: string) => {
      asked.push(name);
      return [asked.length === 1 ? '127.0.0.1' : '127.0.0.2'];
    };
    const { run } = await setUp(t, { allowed: '127.0.0.1', resolve });
    t.match(await run({ url: `http://rebind.example:${good.port}/` }), {
      exitCode: 0,
      result: { body: 'good' },
    });
    t.same(
      asked,
      ['rebind.example'],
      'the name is resolved once, and the connection uses the checked address',
    );
    t.match(await run({ url: `http://rebind.example:${good.port}/` }), {
      exitCode: 1,
      problem: /cannot be reached/,
    });
    t.equal(bad.seen.length, 0);
  },
);

void t.test('tries the addresses of a host in order until one responds', async (t) => {
  const peer = await listen(t, (response) => response.end('here'));
  const { run } = await setUp(t, { resolve: async () => ['127.0.0.9', '127.0.0.1'] });
  t.match(await run({ url: `http://two.example:${peer.port}/` }), { exitCode: 0, result: { body: 'here' } });
  t.equal(peer.seen[0]?.headers.host, `two.example:${peer.port}`);
});

void t.test('stores the first mebibyte of a long response', async (t) => {
  let drained = false;
  const peer = await listen(t, (response) => {
    for (let block = 0; block < 40; block += 1) response.write(Buffer.alloc(65_536, 'abcdefgh'));
    response.end(() => (drained = true));
  });
  const { spec, driver, logOf } = await setUp(t);
  const subject = spec({ url: peer.url });
  const { exitCode, result } = await (await driver.start(subject)).exit;
  t.equal(exitCode, 0);
  t.equal((await logOf(subject)).length, 1_048_576);
  t.equal(Buffer.byteLength(String(result?.body)), 8192);
  t.match(await logOf(subject, 'stderr'), /only the first 1048576 bytes of the response are stored/);
  await until(() => drained);
});

void t.test('reports why a response is missing or incomplete', async (t) => {
  const peer = await listen(t, (response, { url }) => {
    if (url === '/half')
      response.writeHead(200, { 'content-length': '100' }).write('half', () => response.destroy());
    else response.destroy();
  });
  const closed = await listen(t, () => undefined);
  await new Promise((resolve) => closed.server.close(resolve));
  const { run } = await setUp(t);
  t.match(await run({ url: closed.url }), {
    exitCode: 1,
    problem: `${closed.url} cannot be reached: the connection failed (ECONNREFUSED)`,
    result: undefined,
  });
  t.match(await run({ url: peer.url }), {
    exitCode: 1,
    problem: `${peer.url} sent no response (ECONNRESET)`,
  });
  t.match(await run({ url: `${peer.url}/half` }), {
    exitCode: 1,
    problem: 'its response was cut off after 4 bytes (ECONNRESET)',
    result: { http_status: 200 },
  });
  t.match(await run({ url: 'http://no-such-name.invalid/' }), {
    exitCode: 1,
    problem: /^http:\/\/no-such-name\.invalid cannot be reached/,
  });
});

void t.test(
  'refuses an untrusted certificate',
  { skip: hasOpenssl ? false : 'openssl is not installed' },
  async (t) => {
    const server = createServer(selfSigned(t), (_request, response) => response.end('never')).listen(
      0,
      '127.0.0.1',
    );
    await once(server, 'listening');
    t.teardown(() => server.close());
    const { port } = server.address() as AddressInfo;
    const { run } = await setUp(t);
    t.match(await run({ url: `https://127.0.0.1:${port}/` }), {
      exitCode: 1,
      problem: /^cannot connect to https:.* \(DEPTH_ZERO_SELF_SIGNED_CERT\)$/,
    });
  },
);

void t.test('does not start a call with missing, invalid or oversized variables', async (t) => {
  const peer = await listen(t, (response) => response.end());
  const { driver, spec } = await setUp(t);
  const subject = (env: Record<string, string>) =>
    spec({ url: peer.url, headers: { 'X-A': { env: 'A' } } }, env);
  await t.rejects(driver.start(subject({})), {
    name: 'TaskStartError',
    message: 'its config refers to the variable A, which is not in its env',
  });
  for (const value of ['a\r\nHost: b', 'a\nb', 'a\u0000', '\u2028'])
    await t.rejects(driver.start(subject({ A: value })), {
      name: 'TaskStartError',
      message: 'the value of its header X-A is not a valid header value',
    });
  t.equal(peer.seen.length, 0);
});

void t.test('cancels a call that is stopped, and reports this', async (t) => {
  const peer = await listen(t, (response, { url }) => void (url === '/begun' && response.write('begun')));
  const { driver, spec } = await setUp(t);
  for (const place of ['/silent', '/begun']) {
    const task = await driver.start(spec({ url: `${peer.url}${place}` }));
    await until(() => peer.seen.some(({ url }) => url === place));
    await task.stop(0);
    t.match(await task.exit, { exitCode: 1, problem: 'the call was stopped before a response arrived' });
  }
});

void t.test(
  'makes only one call if started twice, stores its outcome, and makes none for an abandoned task',
  async (t) => {
    const peer = await listen(t, (response) => response.end('once'));
    const { driver, spec, open, logOf } = await setUp(t);
    const subject = spec({ url: peer.url });
    const both = await Promise.all([driver.start(subject), driver.start(subject)]);
    for (const task of both) t.match(await task.exit, { exitCode: 0 });
    const after = (await open()).driver;
    const next = await after.adopt(subject, false);
    t.equal(await logOf(subject, 'stdout', after), 'once', 'the next driver returns the log of the call');
    t.match(await next?.exit, { exitCode: 0, result: { http_status: 200, body: 'once' } });
    t.equal(next?.startTime !== undefined && Math.abs(next.startTime - (both[0]?.startTime ?? 0)) < 1, true);
    const never = spec({ url: peer.url });
    t.equal(await driver.adopt(never, false), undefined);
    t.equal(await driver.adopt(never, true), undefined);
    t.match(await (await driver.start(never)).exit, { exitCode: null });
    t.equal(peer.seen.length, 1);
  },
);

void t.test(
  'reports a call that was in flight when its agent stopped as unknown, and does not repeat it',
  async (t) => {
    const peer = await listen(t, () => undefined);
    const { open, spec } = await setUp(t);
    const subject = spec({ url: peer.url });
    const before = await open();
    const task = await before.driver.start(subject);
    await until(() => peer.seen.length === 1);
    before.life.abort();
    let ended = false;
    void task.exit.then(() => (ended = true));
    const after = (await open()).driver;
    const exit = await (await after.adopt(subject, false))?.exit;
    t.match(exit, {
      exitCode: null,
      problem: /^the agent ended during the call: the outcome is unknown/,
    });
    t.match(await (await after.start(subject)).exit, { exitCode: null });
    t.equal(peer.seen.length, 1);
    t.notOk(ended, 'the ended agent does not report the call');
  },
);

void t.test(
  'stores a short text response in the call log, and longer or binary ones in a file',
  async (t) => {
    const bytes = Buffer.from([0xff, 0, 0xfe]);
    const peer = await listen(t, (response, { url }) =>
      response.end(url === '/bytes' ? bytes : 'x'.repeat(url === '/long' ? 8193 : 8192)),
    );
    const { driver, open, spec, logOf } = await setUp(t);
    const [short, long, binary] = ['/short', '/long', '/bytes'].map((each) =>
      spec({ url: `${peer.url}${each}` }),
    );
    if (short === undefined || long === undefined || binary === undefined) return;
    for (const each of [short, long, binary]) t.match(await (await driver.start(each)).exit, { exitCode: 0 });
    const next = (await open()).driver;
    for (const by of [driver, next]) {
      t.equal((await logOf(short, 'stdout', by)).length, 8192);
      t.equal((await logOf(long, 'stdout', by)).length, 8193);
      t.equal(await logOf(binary, 'stdout', by), bytes.toString());
      t.match(await logOf(long, 'stderr', by), /^GET http:.*: 200\n$/);
    }
    t.strictSame(
      [short, long, binary].map(({ directory }) => existsSync(directory)),
      [false, true, true],
    );
  },
);

void t.test('the log shows the response of a call while it arrives', async (t) => {
  const rest: (() => void)[] = [];
  const peer = await listen(t, (response) => {
    response.write('first ');
    rest.push(() => response.end('x'.repeat(10_000)));
  });
  const { driver, spec, logOf } = await setUp(t);
  const subject = spec({ url: peer.url });
  const task = await driver.start(subject);
  await until(async () => (await logOf(subject)) === 'first ');
  let ended = false;
  const followed: Uint8Array[] = [];
  const following = (async () => {
    const query = { stream: 'stdout', follow: true } as const;
    for await (const part of driver.logs(subject, query, () => ended, new AbortController().signal))
      followed.push(part);
  })();
  for (const send of rest) send();
  await task.exit;
  ended = true;
  await following;
  t.equal(Buffer.concat(followed).length, 10_006);
});

void t.test('makes hundreds of calls at once in one process', async (t) => {
  const waiting: (() => void)[] = [];
  const peer = await listen(t, (response) => void waiting.push(() => response.end('x')));
  const { run } = await setUp(t);
  const calls = Array.from({ length: 300 }, () => run({ url: peer.url }));
  await until(() => waiting.length === 300);
  for (const answer of waiting) answer();
  t.ok((await Promise.all(calls)).every(({ exitCode }) => exitCode === 0));
});
