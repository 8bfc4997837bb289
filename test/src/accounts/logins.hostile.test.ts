import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { createRequire } from 'node:module';
import t from 'tap';
import { Api } from '../../fixtures/api.js';
import { openTestApi } from '../http/support/test-api.js';

const require = createRequire(import.meta.url);
const naughty = JSON.parse(
  await readFile(require.resolve('big-list-of-naughty-strings/blns.json'), 'utf8'),
) as string[];
void t.test('accepts or refuses every naughty string as a user name, without an error', async (t) => {
  const api = await openTestApi(t, {}, undefined, {
    registrationsPerMinute: 1_000_000,
    loginsPerMinute: 1_000_000,
  });
  let made = 0;
  for (const [index, username] of naughty.entries()) {
    const said = await api.say('POST', '/api/auth/register', { username, password: 'password123' });
    t.ok([201, 400, 409].includes(said.status), `${said.status}, string ${index}`);
    if (said.status !== 201) continue;
    made += 1;
    t.equal((said.json() as { username: string }).username, username);
    t.equal((await api.say('POST', '/api/auth/login', { username, password: 'password123' })).status, 200);
  }
  t.ok(made > 10 && made < naughty.length, String(made));
  t.equal(({} as { role?: string }).role, undefined);
});

void t.test('accepts every naughty string of a valid length as a password', async (t) => {
  const api = await openTestApi(t, {}, undefined, {
    registrationsPerMinute: 1_000_000,
    loginsPerMinute: 1_000_000,
    loginFailures: 1000,
  });
  // Each password costs a hash, so the test uses every third one.
  const long = naughty
    .filter((text) => [...text].length >= 8 && [...text].length <= 128)
    .filter((_, index) => index % 3 === 0);
  t.ok(long.length > 60, String(long.length));
  let number = 0;
  for (const password of long) {
    number += 1;
    const username = `user${number}`;
    const said = await api.say('POST', '/api/auth/register', { username, password });
    t.equal(said.status, 201, `string ${naughty.indexOf(password)}`);
    if (number % 10 !== 0) continue;
    t.equal((await api.say('POST', '/api/auth/login', { username, password })).status, 200);
    t.equal(
      (await api.say('POST', '/api/auth/login', { username, password: password.slice(0, -1) })).status,
      401,
    );
  }
});

void t.test('does not delay a login because of unfinished requests', async (t) => {
  const api = await openTestApi(t);
  const url = new URL(await api.app.listen({ host: '127.0.0.1', port: 0 }));
  const sockets = Array.from({ length: 200 }, () => {
    const socket = connect(Number(url.port), url.hostname);
    socket.on('error', () => undefined);
    socket.write(
      'POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"username":"',
    );
    return socket;
  });
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
  });
  const client = new Api(url.origin);
  t.teardown(() => client.close());
  t.equal(
    (await client.post('/api/auth/register', { username: 'ann', password: 'password123' })).status,
    201,
  );
  t.equal((await client.post('/api/auth/login', { username: 'ann', password: 'password123' })).status, 200);
  for (const socket of sockets) socket.destroy();
});
