import { randomUUID } from 'node:crypto';
import t from 'tap';
import { firstAdministrator } from '#src/accounts/first-administrator.js';
import type { RouteAccess } from '#src/http/access/table.js';
import { collectAccess } from '../../generated/authorization.js';
import { openTestApi } from './support/test-api.js';
import { commandContext } from '../../fixtures/command-context.js';

const PASSWORD = 'password123';
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** A loopback server without a join token, so that requests of its own process are the operator's. */
let routes: RouteAccess[] = [];
const api = await openTestApi(
  t,
  {
    settings: { testApiKey: 'test-key', joinToken: undefined, host: '127.0.0.1' },
    readiness: () => [{ name: 'planted', ok: true, vital: false }],
  },
  (app) => (routes = collectAccess(app)),
);
const { registrations, logins, apiKeys, authenticator, users } = api.identity;
const { nodes } = api;
const ann = await registrations.register(
  { username: 'ann', password: PASSWORD, role: 'user' },
  commandContext(),
);
await registrations.register(
  { username: 'tenant-admin', password: PASSWORD, role: 'tenant_admin', tenantId: ann.tenantId },
  commandContext(),
);
await registrations.register({ username: 'gone', password: PASSWORD, role: 'user' }, commandContext());
await firstAdministrator(api.identity, { username: 'root', password: PASSWORD }, { uuid: randomUUID });
await api.caughtUp();
const rootId = (await users.idOf('root')) ?? '';
const logIn = async (username: string) => await logins.logIn(username, PASSWORD, commandContext());
const keyOf = async (userId: string, scopes: readonly string[]) =>
  (await apiKeys.issue(userId, { name: 'k', scopes: [...scopes] }, commandContext())).apiKey;

const root = await logIn('root');
const ended = await logIn('root');
await api.say('POST', '/api/auth/logout', undefined, bearer(ended.token));
const gone = await logIn('gone');
await api.say('POST', `/api/auth/users/${gone.userId}/deactivate`, undefined, bearer(root.token));
const revoked = await keyOf(rootId, ['cluster']);
const listed = (await api.say('GET', '/api/auth/api-keys', undefined, bearer(root.token))).json() as {
  api_keys: { id: string }[];
};
for (const { id } of listed.api_keys)
  await api.say('DELETE', `/api/auth/api-keys/${id}`, undefined, bearer(root.token));
await api.caughtUp();

const nodeSecret = await nodes.secretOf('node-1');
const cookie = (sessionId: string) => ({ cookie: `session=${authenticator.cookieOf(sessionId)}` });

/** A credential, and the statuses of operator routes of the cluster, of operator routes of the audit log, and of node routes. */
const SHOWN: readonly (readonly [
  what: string,
  headers: Record<string, string>,
  cluster: number,
  audit: number,
  node: number,
])[] = [
  ['the token of an account', bearer((await logIn('ann')).token), 403, 403, 401],
  ['the token of a tenant’s administrator', bearer((await logIn('tenant-admin')).token), 403, 403, 401],
  ['an API key of an account, for the cluster', bearer(await keyOf(ann.userId, ['cluster'])), 403, 403, 401],
  [
    'an API key of an account in X-API-Key, for the cluster',
    { 'x-api-key': await keyOf(ann.userId, ['cluster']) },
    403,
    403,
    401,
  ],
  ['an administrator’s API key for the cluster', bearer(await keyOf(rootId, ['cluster'])), 200, 403, 401],
  [
    'an administrator’s API key for something else, in X-API-Key',
    { 'x-api-key': await keyOf(rootId, ['gpu']) },
    403,
    403,
    401,
  ],
  ['the token of a session that has ended', bearer(ended.token), 401, 401, 401],
  ['the token of an account that was deactivated', bearer(gone.token), 401, 401, 401],
  ['an API key that was revoked', bearer(revoked), 401, 401, 401],
  ['an API key that was revoked, in X-API-Key', { 'x-api-key': revoked }, 401, 401, 401],
  ['the test API key', { 'x-api-key': 'test-key' }, 401, 401, 401],
  ['a token that was never issued', bearer('nobody-gave-this'), 401, 401, 401],
  ['no token after Bearer', { authorization: 'Bearer' }, 401, 401, 401],
  ['an empty header', { authorization: '' }, 401, 401, 401],
  ['an empty X-API-Key', { 'x-api-key': '' }, 401, 401, 401],
  [
    'a username and a password',
    { authorization: `Basic ${Buffer.from(`root:${PASSWORD}`).toString('base64')}` },
    401,
    401,
    401,
  ],
  ['a node’s secret', bearer(nodeSecret), 401, 401, 200],
  ['the token that a node’s agent demands', bearer(await nodes.orderTokenOf('node-1')), 401, 401, 401],
  ['the cookie of an account', cookie((await logIn('ann')).sessionId), 401, 401, 401],
  ['the cookie of a session that has ended', cookie(ended.sessionId), 401, 401, 401],
  ['an administrator’s cookie, which these routes do not accept', cookie(root.sessionId), 401, 401, 401],
];

void t.test("applies the rights of a credential even on the operator's connection", async (t) => {
  const trusting = routes.filter(({ policy }) => policy.who === 'operator' || policy.who === 'node');
  t.ok(trusting.length > 25, `${trusting.length} routes`);
  for (const { method, url, policy } of trusting) {
    const path = url.replace(/:[a-z_]+/g, 'none');
    const body = method === 'POST' || method === 'PUT' ? {} : undefined;
    for (const [what, headers, cluster, audit, node] of SHOWN) {
      const wanted =
        policy.who === 'node'
          ? node
          : policy.who === 'operator' && policy.scope === 'audit'
            ? audit
            : cluster;
      // An administrator's key is admitted everywhere, whatever the route returns for an empty request.
      if (wanted === 200) continue;
      t.equal((await api.say(method, path, body, headers)).status, wanted, `${method} ${path} with ${what}`);
    }
  }
  for (const [what, headers, cluster] of SHOWN)
    t.equal((await api.say('GET', '/jobs', undefined, headers)).status, cluster, `GET /jobs with ${what}`);
  t.match((await api.say('GET', '/jobs', undefined, bearer((await logIn('ann')).token))).headers, {
    'x-muster-error': 'MUSTER_E_NOT_OPERATOR',
  });
});

void t.test(
  'applies the rights of the connection if no credential is sent, and ignores cookies of other programs',
  async (t) => {
    for (const headers of [
      {},
      { cookie: 'session=of-another-program' },
      { cookie: 'session=a.b; theme=dark' },
      { cookie: `session=${root.sessionId}.` },
    ]) {
      t.equal((await api.say('GET', '/jobs', undefined, headers)).status, 200, JSON.stringify(headers));
    }
    t.equal(
      (await api.say('POST', '/heartbeat', { node_id: 'node-1', healthy: true, resources: {} })).status,
      400,
      'the request is accepted as that of a node, which has not registered',
    );
  },
);

void t.test("accepts a node's secret only for this node", async (t) => {
  const beat = async (nodeId: string, headers: Record<string, string>) =>
    (await api.say('POST', '/heartbeat', { node_id: nodeId, healthy: true, resources: {} }, headers)).status;
  t.equal(await beat('node-2', bearer(nodeSecret)), 401);
  t.equal(
    await beat('node-1', bearer(nodeSecret)),
    400,
    'the secret is accepted, but its node has not registered',
  );
});

void t.test('shows the details of readiness checks only to operators', async (t) => {
  const detailed = async (headers: Record<string, string>) =>
    (await api.say('GET', '/readyz?verbose', undefined, headers)).body;
  for (const headers of [{}, bearer(root.token)]) t.match(await detailed(headers), /"vital":false/);
  for (const headers of [bearer('x'), bearer((await logIn('ann')).token)])
    t.notMatch(await detailed(headers), /vital/);
});
