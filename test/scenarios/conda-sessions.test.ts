import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import t from 'tap';
import { condaSeedBlocks, CONDA_SEED_COOKIES } from '../fixtures/conda-seed.js';
import { cookieIn, cookiesIn } from '../fixtures/cookie.js';
import { readRecorded } from '../fixtures/event-log.js';
import { ownFolder } from '../fixtures/folder.js';
import { rawRequest } from '../fixtures/raw-request.js';
import { startServer } from '../fixtures/server.js';

t.setTimeout(600_000);

const PASSWORD = '密码密码密码密码';
const folder = ownFolder(t);
const spans = join(folder, 'spans.ndjson');
const provider = pathToFileURL(join(import.meta.dirname, '../fixtures/span-file.js')).href;
const server = await startServer(t, {
  dataDir: join(folder, 'server'),
  env: {
    MUSTER_ADMIN_PASSWORD: PASSWORD,
    MUSTER_LOG_LEVEL: 'trace',
    NODE_OPTIONS: `--import=${provider}`,
    MUSTER_TEST_SPANS: spans,
  },
});
const { api } = server;
/** Every issued cookie. Each one is a secret. */
const given: string[] = [];

async function logIn(username: string): Promise<string> {
  const said = await api.post('/login', { username, password: PASSWORD });
  if (said.status !== 200) throw new Error(said.text);
  const cookie = cookieIn(said.headers);
  given.push(cookie);
  return cookie;
}

/** Sends a request that needs a session. Returns its status. */
const look = async (cookie: string): Promise<number> =>
  (await api.get('/api/tasks', { headers: { cookie } })).status;

await t.test(
  "the contract's requests for sessions and accounts are accepted, and the responses match word for word",
  async (t) => {
    const block = (route: string, status?: number): readonly unknown[] =>
      condaSeedBlocks().find((each) => each.route === route && each.status === status)?.values ?? [];
    const root = await logIn('admin');
    const send = (path: string, change: object, cookie?: string) =>
      api.post(
        path,
        { ...(block(`POST ${path}`)[0] as object), password: PASSWORD, ...change },
        { headers: cookie === undefined ? {} : { cookie } },
      );
    const is = (
      said: { readonly status: number; readonly body: unknown },
      status: number,
      body: unknown,
    ): void => {
      t.same({ status: said.status, body: said.body }, { status, body });
    };

    t.equal((await send('/create_user', { username: '用户名', is_admin: true }, root)).status, 201);
    const [administrator, user] = block('POST /login', 200);
    is(await send('/login', {}), 200, administrator);
    const { token } = (
      await api.post<{ token: string }>('/api/auth/login', { username: 'admin', password: PASSWORD })
    ).body;
    const { users } = (
      await api.get<{ users: readonly { id: string }[] }>('/api/auth/users?username=用户名', {
        headers: { authorization: `Bearer ${token}` },
      })
    ).body;
    await api.put(
      `/api/auth/users/${users[0]!.id}/role`,
      { role: 'user' },
      { headers: { authorization: `Bearer ${token}` } },
    );
    const said = await send('/login', {});
    is(said, 200, user);
    const cookie = cookieIn(said.headers);
    given.push(cookie);
    t.same(cookiesIn(said.headers), [CONDA_SEED_COOKIES.get('/login')?.replace('session=<会话ID>', cookie)]);
    is(await send('/login', { password: 'wrong password' }), 401, block('POST /login', 401)[0]);

    is(await send('/create_user', {}, cookie), 403, block('POST /create_user', 403)[0]);
    is(await send('/create_user', {}, root), 201, block('POST /create_user', 201)[0]);
    is(await send('/create_user', {}, root), 400, block('POST /create_user', 400)[0]);

    is(await api.post('/create_user', { username: 'x', password: PASSWORD }), 401, {
      message: 'Authentication required',
    });
    const out = await api.post('/logout', undefined, { headers: { cookie } });
    is(out, 200, block('POST /logout', 200)[0]);
    t.same(cookiesIn(out.headers), [CONDA_SEED_COOKIES.get('/logout')]);
    is(await api.post('/logout', undefined, { headers: { cookie } }), 401, {
      message: 'Authentication required',
    });
  },
);

await t.test('a request with a malformed cookie gets 401, and the server continues', async (t) => {
  const [cookie, other] = [await logIn('admin'), await logIn('admin')];
  const value = cookie.slice('session='.length);
  const wrong = [
    `${cookie}; ${other}`,
    `${cookie}; session=`,
    `session=; ${cookie}`,
    `${cookie}x`,
    `session="${value}"`,
    `session=${encodeURIComponent(`${value} `)}`,
    `Session=${value}`,
    `session=${value.split('.')[0]}`,
    `session=../../${value}`,
    `session=${'x'.repeat(10_000)}`,
    `session=${'.'.repeat(5000)}`,
    '=',
    ';;;',
  ];
  for (const each of wrong) t.equal(await look(each), 401, each.slice(0, 60).replaceAll(value, '…'));
  t.equal(await look(`a=b; ${cookie}; ${cookie}; c=d`), 200, 'the same cookie twice counts as one');
  const raw = async (header: string): Promise<string> =>
    (
      await rawRequest(
        server.port,
        `GET /api/tasks HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nCookie: ${header}\r\n\r\n`,
      )
    ).split('\r\n')[0] ?? '';
  t.match(await raw(`${cookie}\0`), / 400 /, 'NUL');
  t.match(await raw(`session=\xff\xfe${value}`), / 401 /);
  t.match(await raw(`session=${'x'.repeat(20_000)}`), / 431 /);
  t.match(await raw(`${cookie}\r\nCookie: ${other}`), / 401 /, 'two different cookies are refused');
  t.match(await raw(cookie), / 200 /);
  t.equal(await look(cookie), 200);
});

await t.test('a login with an unknown name takes as long as one with a wrong password', async (t) => {
  const took = async (username: string): Promise<number> => {
    const begun = performance.now();
    t.equal((await api.post('/login', { username, password: 'wrong password' })).status, 401);
    return performance.now() - begun;
  };
  // Alternates and compares the shortest times, because other work on the machine only makes a login longer.
  const [known, unknown]: [number[], number[]] = [[], []];
  for (let n = 0; n < 5; n += 1) {
    known.push(await took('admin'));
    unknown.push(await took('nobody'));
  }
  const [there, nowhere] = [Math.min(...known), Math.min(...unknown)];
  t.ok(
    nowhere > there / 3,
    `${Math.round(nowhere)} ms for an unknown name, and ${Math.round(there)} ms for a known one`,
  );
});

await t.test('no log, span or event contains a cookie', async (t) => {
  t.ok(given.length >= 4);
  const events = (await readRecorded(server)).map((event) =>
    JSON.stringify(event, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
  );
  const told = {
    log: [...server.program.stdout, ...server.program.stderr].join('\n'),
    spans: readFileSync(spans, 'utf8'),
    events: events.join('\n'),
  };
  t.match(told.spans, /POST \/login/);
  t.match(told.events, /SessionOpened/);
  for (const [where, text] of Object.entries(told)) {
    t.ok(text.length > 0, where);
    for (const cookie of given) {
      const [sessionId = '', proof = ''] = cookie.slice('session='.length).split('.');
      t.notOk(text.includes(proof), `${where} contains no proof of a session`);
      if (where !== 'events') t.notOk(text.includes(`session=${sessionId}`), where);
    }
  }
});

await t.test('sessions and logouts survive kills of the server and its processes', async (t) => {
  const [stays, ended] = [await logIn('admin'), await logIn('admin')];
  t.equal((await api.post('/logout', undefined, { headers: { cookie: ended } })).status, 200);
  await server.kill();
  await server.start();
  t.same([await look(stays), await look(ended)], [200, 401]);
});
