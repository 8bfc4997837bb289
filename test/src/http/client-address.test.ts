import t from 'tap';
import { ClientAddresses } from '#src/http/client-address.js';
import { openTestApi } from './support/test-api.js';

const addresses = new ClientAddresses(['127.0.0.2', '10.0.0.0/8', '2001:db8::/32']);
const of = (remoteAddress: string, forwarded?: string): string =>
  addresses.of({
    socket: { remoteAddress },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  });

void t.test("uses the last address that is not a proxy's", async (t) => {
  for (const [peer, forwarded, client] of [
    ['127.0.0.2', '192.0.2.7', '192.0.2.7'],
    ['::ffff:127.0.0.2', '192.0.2.7', '192.0.2.7'],
    ['127.0.0.2', '198.51.100.1, 192.0.2.7', '192.0.2.7'],
    ['127.0.0.2', '192.0.2.7, 10.1.2.3', '192.0.2.7'],
    ['127.0.0.2', '192.0.2.7 ,10.1.2.3,2001:db8::1', '192.0.2.7'],
    ['2001:db8::5', '2001:470::1', '2001:470::1'],
    ['127.0.0.2', '192.0.2.7:55012', '192.0.2.7'],
    ['127.0.0.2', '[2001:470::1]:55012', '2001:470::1'],
    ['127.0.0.2', '::ffff:192.0.2.7', '192.0.2.7'],
    ['127.0.0.2', '::ffff:c000:207', '192.0.2.7'],
  ] as const)
    t.equal(of(peer, forwarded), client, `${peer} ${forwarded}`);
});

void t.test('ignores the header unless a proxy sent it', async (t) => {
  for (const peer of ['127.0.0.1', '192.0.2.1', '::1', '::ffff:192.0.2.1', '2001:470::9'])
    for (const forwarded of ['192.0.2.7', '127.0.0.2', '10.0.0.1, 192.0.2.7'])
      t.equal(of(peer, forwarded), peer.replace('::ffff:', ''));
});

void t.test('falls back to the nearest valid address if the header is missing or invalid', async (t) => {
  for (const forwarded of [
    undefined,
    '',
    ' ',
    ',',
    'unknown',
    '_hidden',
    '192.0.2.7, unknown',
    '999.1.1.1',
    '1.2.3',
    'localhost',
    `${'9'.repeat(4000)}`,
  ])
    t.equal(of('127.0.0.2', forwarded), '127.0.0.2', String(forwarded));
  t.equal(of('127.0.0.2', '192.0.2.7, x, 10.0.0.9'), '10.0.0.9');
  t.equal(
    of('127.0.0.2', '10.0.0.8, 10.0.0.9'),
    '10.0.0.8',
    'if all addresses are proxies, the first one is used',
  );
  t.equal(addresses.of({ socket: {}, headers: { 'x-forwarded-for': '192.0.2.7' } }), '');
});

void t.test('limits clients of a trusted proxy separately', async (t) => {
  const api = await openTestApi(
    t,
    {
      settings: {
        testApiKey: undefined,
        joinToken: undefined,
        host: '127.0.0.1',
        trustedProxies: ['127.0.0.2'],
      },
    },
    undefined,
    {
      registrationsPerMinute: 2,
    },
  );
  let number = 0;
  const register = async (from: string, client: string): Promise<number> =>
    (
      await api.say(
        'POST',
        '/api/auth/register',
        { username: `user${(number += 1)}`, password: 'password123' },
        { 'x-forwarded-for': client },
        from,
      )
    ).status;
  const all = async (from: string): Promise<number[]> => {
    const statuses: number[] = [];
    for (const client of ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.1', '192.0.2.1'])
      statuses.push(await register(from, client));
    return statuses;
  };
  t.same(await all('127.0.0.2'), [201, 201, 201, 201, 429]);
  t.same(await all('127.0.0.3'), [201, 201, 429, 429, 429]);
});

void t.test("never treats a request from a proxy as the operator's", async (t) => {
  const api = await openTestApi(t, {
    settings: {
      testApiKey: undefined,
      joinToken: undefined,
      host: '127.0.0.1',
      localAccess: 'open',
      trustedProxies: ['127.0.0.2'],
    },
  });
  for (const [from, headers, status] of [
    ['127.0.0.1', {}, 200],
    ['127.0.0.1', { 'x-forwarded-for': '127.0.0.2' }, 200],
    ['127.0.0.2', {}, 401],
    ['127.0.0.2', { 'x-forwarded-for': '127.0.0.1' }, 401],
    ['::ffff:127.0.0.2', { 'x-forwarded-for': '::1' }, 401],
  ] as const)
    t.equal(
      (await api.say('GET', '/jobs', undefined, headers, from)).status,
      status,
      `${from} ${JSON.stringify(headers)}`,
    );
  const details = async (from: string): Promise<string> =>
    (await api.say('GET', '/readyz?verbose', undefined, {}, from)).body;
  t.notMatch(await details('127.0.0.2'), /detail/);
});
