import { readFile, writeFile } from 'node:fs/promises';
import t from 'tap';
import {
  authorizationTable,
  CALLERS,
  expected,
  OBJECTS,
  type Caller,
  type Expected,
  type ObjectKind,
} from '#src/http/access/table.js';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { Metrics } from '#src/engine/metrics/metrics.js';
import { firstAdministrator } from '#src/accounts/first-administrator.js';
import { cookieIn } from '../../../fixtures/cookie.js';
import { AUTHORIZATION_FILE, collectAccess } from '../../../generated/authorization.js';
import { openTestApi } from '../support/test-api.js';
import { tasks, type TaskDefinition } from '#domain/tasks/task/index.js';
import { plainTask } from '../../../fixtures/plain-task.js';
import { takesCookiesAlone, type Objects, type Policy } from '#src/http/access/policy.js';
import type { RouteAccess } from '#src/http/access/table.js';
import { commandContext } from '../../../fixtures/command-context.js';

const PASSWORD = 'password123';
const JOIN = 'a-join-token-of-some-length';

let routes: RouteAccess[] = [];
const api = await openTestApi(
  t,
  {
    settings: { testApiKey: 'test-key', joinToken: JOIN, host: '0.0.0.0' },
    metrics: new Metrics(systemClock),
  },
  (app) => (routes = collectAccess(app)),
);
const { registrations } = api.identity;
const user = await registrations.register(
  { username: 'user', password: PASSWORD, role: 'user' },
  commandContext(),
);
await registrations.register(
  { username: 'tenant-admin', password: PASSWORD, role: 'tenant_admin', tenantId: user.tenantId },
  commandContext(),
);
await registrations.register({ username: 'other', password: PASSWORD, role: 'user' }, commandContext());
const foreign = await registrations.register(
  { username: 'foreign', password: PASSWORD, role: 'user' },
  commandContext(),
);
await registrations.register({ username: 'auditor', password: PASSWORD, role: 'auditor' }, commandContext());
await firstAdministrator(
  api.identity,
  { username: 'root', password: PASSWORD },
  { uuid: () => globalThis.crypto.randomUUID() },
);
const rootId = (await api.identity.users.idOf('root')) ?? '';
const { apiKey: otherKey } = await api.identity.apiKeys.issue(
  rootId,
  { name: 'other', scopes: ['nothing'] },
  commandContext(),
);
const position = (await api.events()).at(-1)?.position ?? 0n;
await api.models.waitFor(position, 10_000);

/** Returns the headers of a caller, with one session per account and kind of credential. */
async function headersOf(caller: Caller, policy: Policy): Promise<Record<string, string>> {
  if (caller === 'nobody') return {};
  if (caller === 'node') return { authorization: `Bearer ${JOIN}` };
  if (caller === 'wrong token') return { authorization: 'Bearer nobody-gave-this' };
  if (caller === 'other key') return { authorization: `Bearer ${otherKey}` };
  const username = {
    user: 'user',
    'other user': 'other',
    'tenant admin': 'tenant-admin',
    auditor: 'auditor',
    admin: 'root',
  }[caller];
  const byCookie = takesCookiesAlone(policy);
  const key = `${byCookie ? 'cookie' : 'token'} of ${caller}`;
  const known = sessions.get(key);
  if (known !== undefined) return known;
  const said = await api.say('POST', byCookie ? '/login' : '/api/auth/login', {
    username,
    password: PASSWORD,
  });
  const headers: Record<string, string> = byCookie
    ? { cookie: cookieIn(said.headers) }
    : { authorization: `Bearer ${(said.json() as { token: string }).token}` };
  sessions.set(key, headers);
  return headers;
}
const sessions = new Map<string, Record<string, string>>();

/** Returns an object's id. `own` is always an object of the account `user`. */
async function idFor({ of, parameter }: Objects, object: ObjectKind): Promise<string> {
  if (of === 'task') return object === 'absent' ? '999' : await taskOf(object === 'own' ? user : foreign);
  if (of === 'GPU claim')
    return object === 'absent' ? 'claim-00000000-0000-4000-8000-000000000000' : await claimOf(object);
  if (object === 'absent') return '00000000-0000-4000-8000-000000000000';
  const owner = object === 'own' ? user : foreign;
  if (parameter === 'id') return owner.userId;
  return (await api.identity.apiKeys.issue(owner.userId, { name: 'k', scopes: ['gpu'] }, commandContext()))
    .keyId;
}

/** Callers whose requests on shared paths reach the other surface. */
const SHOW_AUTHORIZATION: readonly Caller[] = ['node', 'wrong token', 'other key'];

/** Work that any account may run. */
const CALL: TaskDefinition['work'] = {
  executor: 'http',
  url: 'https://example.com/',
  method: 'GET',
  headers: [],
  bodyPieces: 0,
};

async function taskOf({
  userId,
  tenantId,
}: {
  readonly userId: string;
  readonly tenantId: string;
}): Promise<string> {
  tasksMade += 1;
  const now = systemClock.now();
  const task = {
    taskId: tasksMade,
    nameReservation: 'r',
    tenantId,
    createdBy: userId,
    definition: plainTask({ name: `task ${tasksMade}`, work: CALL }),
  };
  const { position = 0n } = await api.executor.execute(
    tasks,
    String(tasksMade),
    { kind: 'create', task, now },
    commandContext(),
  );
  await api.models.waitFor(position, 10_000);
  return String(tasksMade);
}
let tasksMade = 0;

async function claimOf(object: 'own' | 'foreign'): Promise<string> {
  const known = claimsMade.get(object);
  if (known !== undefined) return known;
  const said = await api.say('POST', '/api/auth/login', {
    username: object === 'own' ? 'user' : 'foreign',
    password: PASSWORD,
  });
  const headers = { authorization: `Bearer ${(said.json() as { token: string }).token}` };
  const { id } = (
    await api.say(
      'POST',
      '/api/gpu-claims',
      { spec: { image: 'busybox', resources: { gpuCount: 1 } } },
      headers,
    )
  ).json() as { id: string };
  claimsMade.set(object, id);
  return id;
}
const claimsMade = new Map<string, string>();

/** Expected outcomes, written by hand instead of derived from the policies. */
const BY_HAND: readonly (readonly [string, Caller, ObjectKind, Expected])[] = [
  ['POST /api/auth/register', 'nobody', 'own', 'in'],
  ['POST /api/auth/login', 'nobody', 'own', 'in'],
  ['GET /api/auth/me', 'nobody', 'own', 401],
  ['GET /api/auth/me', 'node', 'own', 401],
  ['GET /api/auth/me', 'user', 'own', 'in'],
  ['GET /api/auth/users/:id', 'user', 'own', 'in'],
  ['GET /api/auth/users/:id', 'user', 'foreign', 404],
  ['GET /api/auth/users/:id', 'other user', 'own', 404],
  ['GET /api/auth/users/:id', 'tenant admin', 'own', 'in'],
  ['GET /api/auth/users/:id', 'tenant admin', 'foreign', 404],
  ['GET /api/auth/users/:id', 'admin', 'foreign', 'in'],
  ['GET /api/auth/users/:id', 'admin', 'absent', 404],
  ['PUT /api/auth/users/:id/role', 'user', 'own', 403],
  ['PUT /api/auth/users/:id/role', 'tenant admin', 'own', 403],
  ['PUT /api/auth/users/:id/role', 'nobody', 'own', 401],
  ['PUT /api/auth/users/:id/password', 'user', 'own', 403],
  ['POST /api/auth/users/:id/deactivate', 'tenant admin', 'own', 403],
  ['DELETE /api/auth/users/:id', 'user', 'own', 403],
  ['DELETE /api/auth/users/:id', 'admin', 'absent', 404],
  ['DELETE /api/auth/api-keys/:key_id', 'admin', 'own', 404],
  ['DELETE /api/auth/api-keys/:key_id', 'user', 'own', 'in'],
  ['DELETE /api/auth/api-keys/:key_id', 'user', 'foreign', 404],
  ['POST /api/gpu-claims', 'nobody', 'own', 401],
  ['POST /api/gpu-claims', 'node', 'own', 401],
  ['POST /api/gpu-claims', 'user', 'own', 'in'],
  ['GET /api/gpu-claims', 'nobody', 'own', 401],
  ['GET /api/gpu-claims/:id', 'user', 'own', 'in'],
  ['GET /api/gpu-claims/:id', 'user', 'foreign', 404],
  ['GET /api/gpu-claims/:id', 'user', 'absent', 404],
  ['GET /api/gpu-claims/:id', 'other user', 'own', 404],
  ['GET /api/gpu-claims/:id', 'tenant admin', 'own', 'in'],
  ['GET /api/gpu-claims/:id', 'tenant admin', 'foreign', 404],
  ['GET /api/gpu-claims/:id', 'admin', 'foreign', 'in'],
  ['GET /api/gpu-claims/:id/events', 'other user', 'own', 404],
  ['GET /api/gpu-claims/:id/events', 'nobody', 'own', 401],
  ['GET /api/gpu-claims/:id/logs', 'tenant admin', 'own', 'in'],
  ['GET /api/gpu-claims/:id/logs', 'other user', 'own', 404],
  ['GET /api/gpu-claims/:id/logs', 'nobody', 'own', 401],
  ['DELETE /api/gpu-claims/:id', 'nobody', 'own', 401],
  ['DELETE /api/gpu-claims/:id', 'user', 'own', 'in'],
  ['DELETE /api/gpu-claims/:id', 'user', 'foreign', 404],
  ['DELETE /api/gpu-claims/:id', 'other user', 'own', 404],
  ['DELETE /api/gpu-claims/:id', 'tenant admin', 'own', 'in'],
  ['DELETE /api/gpu-claims/:id', 'admin', 'absent', 404],
  ['POST /api/tasks', 'nobody', 'own', 401],
  ['POST /api/tasks', 'user', 'own', 'in'],
  ['POST /api/tasks', 'admin', 'own', 'in'],
  ['POST /api/tasks', 'other key', 'own', 403],
  ['GET /api/tasks', 'node', 'own', 401],
  ['GET /api/tasks', 'user', 'own', 'in'],
  ['GET /api/tasks/:task_id', 'user', 'own', 'in'],
  ['GET /api/tasks/:task_id', 'user', 'foreign', 404],
  ['GET /api/tasks/:task_id', 'other user', 'own', 404],
  ['GET /api/tasks/:task_id', 'tenant admin', 'own', 'in'],
  ['GET /api/tasks/:task_id', 'admin', 'foreign', 'in'],
  ['PUT /api/tasks/:task_id', 'user', 'own', 'in'],
  ['DELETE /api/tasks/:task_id', 'user', 'own', 'in'],
  ['DELETE /api/tasks/:task_id', 'other user', 'own', 404],
  ['POST /api/tasks/:task_id/trigger', 'user', 'own', 'in'],
  ['POST /api/tasks/:task_id/trigger', 'nobody', 'own', 401],
  ['GET /api/tasks/:task_id/runs/:run_id/logs', 'other user', 'own', 404],
  ['GET /jobs', 'nobody', 'own', 401],
  ['GET /jobs', 'user', 'own', 403],
  ['GET /jobs', 'tenant admin', 'own', 403],
  ['POST /jobs', 'admin', 'own', 'in'],
  ['POST /jobs', 'node', 'own', 401],
  ['POST /register', 'admin', 'own', 401],
  ['POST /register', 'node', 'own', 'in'],
  ['POST /heartbeat', 'nobody', 'own', 401],
  ['GET /audit/events', 'user', 'own', 403],
  ['POST /test/clear-all', 'admin', 'own', 401],
  ['PUT /api/auth/me/password', 'nobody', 'own', 401],
  ['PUT /api/auth/me/password', 'user', 'own', 'in'],
  ['POST /api/nodes/register', 'nobody', 'own', 'in'],
  ['GET /api/nodes', 'nobody', 'own', 401],
  ['GET /api/nodes', 'node', 'own', 401],
  ['GET /api/nodes', 'user', 'own', 'in'],
  ['GET /api/nodes/:id/status', 'nobody', 'own', 401],
  ['DELETE /api/nodes/:id', 'tenant admin', 'own', 403],
  ['DELETE /api/nodes/:id/secret', 'node', 'own', 401],
  ['DELETE /api/nodes/:id/secret', 'user', 'own', 403],
  ['GET /jobs', 'wrong token', 'own', 401],
  ['GET /jobs', 'other key', 'own', 403],
  ['GET /api/gpu-claims/:id', 'other key', 'absent', 403],
  ['GET /api/nodes', 'other key', 'own', 403],
  ['DELETE /api/nodes/:id', 'other key', 'own', 403],
  ['POST /register', 'other key', 'own', 401],
  ['POST /api/auth/login', 'other key', 'own', 'in'],
  ['POST /login', 'nobody', 'own', 'in'],
  ['POST /logout', 'nobody', 'own', 401],
  ['POST /logout', 'wrong token', 'own', 401],
  ['POST /logout', 'other key', 'own', 401],
  ['POST /logout', 'user', 'own', 'in'],
  ['POST /create_user', 'nobody', 'own', 401],
  ['POST /create_user', 'other key', 'own', 401],
  ['POST /create_user', 'user', 'own', 403],
  ['POST /create_user', 'tenant admin', 'own', 403],
  ['POST /create_user', 'admin', 'own', 'in'],
  ['GET /jobs', 'auditor', 'own', 'in'],
  ['POST /jobs', 'auditor', 'own', 403],
  ['POST /jobs/plan', 'auditor', 'own', 'in'],
  ['GET /api/auth/users/:id', 'auditor', 'foreign', 'in'],
  ['PUT /api/auth/users/:id/role', 'auditor', 'own', 403],
  ['PUT /api/auth/me/password', 'auditor', 'own', 'in'],
  ['POST /api/tasks', 'auditor', 'own', 403],
  ['POST /logout', 'auditor', 'own', 'in'],
  ['GET /audit/events', 'user', 'own', 403],
  ['GET /audit/events', 'auditor', 'own', 'in'],
  ['GET /audit/changes', 'user', 'own', 'in'],
  ['GET /audit/changes', 'other key', 'own', 403],
  ['GET /audit/changes', 'nobody', 'own', 401],
  ['GET /metrics', 'wrong token', 'own', 'in'],
  ['GET /metrics', 'nobody', 'own', 'in'],
  ['GET /livez', 'nobody', 'own', 'in'],
  ['GET /console/api/me', 'nobody', 'own', 'in'],
  ['GET /console/api/me', 'wrong token', 'own', 'in'],
  ['GET /console/api/jobs', 'nobody', 'own', 401],
  ['GET /console/api/jobs', 'wrong token', 'own', 401],
  ['GET /console/api/jobs', 'node', 'own', 401],
  ['GET /console/api/jobs', 'other key', 'own', 403],
  ['GET /console/api/jobs', 'user', 'own', 'in'],
  ['GET /console/api/overview', 'admin', 'own', 'in'],
];

void t.test('derives the outcomes that are listed by hand from the policies', async (t) => {
  t.ok(BY_HAND.length >= 20);
  for (const [name, caller, object, wanted] of BY_HAND) {
    const route = routes.find(({ method, url }) => `${method} ${url}` === name);
    t.ok(route, name);
    if (route !== undefined)
      t.equal(
        expected(route.policy, caller, object, route.method),
        wanted,
        `${name} as ${caller}, ${object}`,
      );
  }
});

void t.test('admits or refuses every caller on every route according to its policy', async (t) => {
  let calls = 0;
  // Calls that end something come last.
  const order = [...routes].sort(
    (a, b) =>
      Number(a.method === 'DELETE' || /logout|deactivate|password|clear/.test(a.url)) -
      Number(b.method === 'DELETE' || /logout|deactivate|password|clear/.test(b.url)),
  );
  for (const route of order) {
    const { method, url, policy } = route;
    const named = 'objects' in policy ? policy.objects : undefined;
    const parameter = named?.parameter;
    for (const caller of CALLERS) {
      if (route.withoutAuthorization === true && SHOW_AUTHORIZATION.includes(caller)) continue;
      for (const object of parameter === undefined ? (['own'] as const) : OBJECTS) {
        // An admitted change would disable the accounts of the other calls. That it is admitted is tested elsewhere.
        const wanted = expected(policy, caller, object, method);
        if (wanted === 'in' && policy.who === 'admin' && method !== 'GET') continue;
        if (wanted === 'in' && /logout/.test(url)) continue;
        const id = named === undefined ? 'none' : await idFor(named, object);
        const path =
          url.replace(/:[a-z_]+/g, (name) => (name === `:${parameter}` ? id : 'none')) +
          (url === '/audit/events' || url === '/console/api/changes' ? '?limit=1' : '');
        const body =
          method === 'PUT' && /role/.test(url)
            ? { role: 'user' }
            : method === 'PUT' && /password/.test(url)
              ? { password: 'password999' }
              : method === 'PUT' && /execution/.test(url)
                ? { execute: false }
                : /backfill/.test(url)
                  ? { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' }
                  : method === 'POST' || method === 'PUT'
                    ? {}
                    : undefined;
        const { status, headers } = await api.say(method, path, body, await headersOf(caller, policy));
        // The files of the console are the same for everyone.
        if (!url.startsWith('/console/assets'))
          t.match(
            headers['cache-control'],
            /^(no-store|private, no-cache)$/,
            `${method} ${path} is not cached`,
          );
        const fits = wanted === 'in' ? status !== 401 && status !== 403 : status === wanted;
        // A login without a name is a bad request, not an authentication failure.
        t.ok(
          fits || (/\/login$/.test(url) && status === 400),
          `${method} ${path} as ${caller}, ${object}: ${status}, not ${wanted}`,
        );
        calls += 1;
      }
    }
  }
  t.comment(`${calls} calls of ${routes.length} routes`);
  t.ok(calls > 200, String(calls));
});

void t.test('generates the committed authorization table', async (t) => {
  const table = authorizationTable(routes);
  if (process.env['MUSTER_TEST_WRITE_AUTHORIZATION'] === '1') await writeFile(AUTHORIZATION_FILE, table);
  t.equal(
    await readFile(AUTHORIZATION_FILE, 'utf8').catch(() => ''),
    table,
    `${AUTHORIZATION_FILE} is current; to write it, run: MUSTER_TEST_WRITE_AUTHORIZATION=1 node dist/test/src/http/access/table.test.js`,
  );
});
