import t from 'tap';
import { takesCookiesAlone, type Policy } from '#src/http/access/policy.js';
import type { RouteAccess } from '#src/http/access/table.js';
import { commandContext } from '../../fixtures/command-context.js';
import { cookieIn } from '../../fixtures/cookie.js';
import { PATIENCE } from '../../fixtures/eventually.js';
import { collectAccess } from '../../generated/authorization.js';
import { submitted } from '../../projections/events.js';
import { everyObject } from './support/every-object.js';
import { openPastApi } from './support/past-api.js';
import { essence } from './support/replay.js';
import type { Said } from './support/test-api.js';

t.setTimeout(300_000 * PATIENCE);

const PASSWORD = 'password123';
/** A page of another website sent the request, so the connection does not make it the operator's. */
const FOREIGN_PAGE = { 'sec-fetch-site': 'cross-site' };

type Headers = Readonly<Record<string, string>>;
/** Returns the headers with which a caller sends a request to a route with this policy. */
type Caller = (policy: Policy) => Headers;

let routes: RouteAccess[] = [];
const api = await openPastApi(t, (app) => (routes = collectAccess(app)));
const { create, pathOf, ids } = await everyObject(api);
await create();
/** Jobs of a run and of a claim. On the cluster surface, only administrators see them. */
const [runJob, claimJob] = ['task.1.1', `gpu.${ids['/api/gpu-claims']}`];

const { registrations, apiKeys, users } = api.identity;
const rootId = (await users.idOf('root')) ?? '';
const { tenantId } = await users.opened(rootId);
for (const [jobId, surface] of [
  [runJob, 'tasks'],
  [claimJob, 'gpu'],
] as const) {
  const job = submitted(jobId);
  if (job.type !== 'JobSubmitted') throw new Error('no submission');
  const owner = { surface, principal: rootId, tenant: tenantId };
  await api.happened({ ...job, data: { ...job.data, owner } });
}
const member = await registrations.register(
  { username: 'member', password: PASSWORD, role: 'user', tenantId },
  commandContext(),
);
for (const [username, role, tenant] of [
  ['tenant-admin', 'tenant_admin', tenantId],
  ['auditor', 'auditor', undefined],
  ['stranger', 'user', undefined],
  ['foreign-admin', 'tenant_admin', undefined],
] as const)
  await registrations.register(
    { username, password: PASSWORD, role, ...(tenant !== undefined && { tenantId: tenant }) },
    commandContext(),
  );

async function account(username: string): Promise<Caller> {
  const login = { username, password: PASSWORD };
  const { token } = (await api.say('POST', '/api/auth/login', login)).json() as { token: string };
  const cookie = cookieIn((await api.say('POST', '/login', login)).headers);
  return (policy) => (takesCookiesAlone(policy) ? { cookie } : { authorization: `Bearer ${token}` });
}

async function consoleOf(username: string): Promise<Caller> {
  const body = { username, password: PASSWORD };
  const said = await api.say('POST', '/console/api/session', body, { 'x-muster-console': '1' });
  const headers = { cookie: cookieIn(said.headers), 'x-muster-console': '1' };
  return () => headers;
}

async function keyOf(userId: string, scope: string, header: 'authorization' | 'x-api-key'): Promise<Caller> {
  const { apiKey } = await apiKeys.issue(
    userId,
    { name: `${scope} ${header}`, scopes: [scope] },
    commandContext(),
  );
  const headers = { [header]: header === 'authorization' ? `Bearer ${apiKey}` : apiKey };
  return () => headers;
}

const callers: Record<string, Caller> = {
  'the operator on loopback': () => ({}),
  'an anonymous caller': () => FOREIGN_PAGE,
  'a wrong token': () => ({ authorization: 'Bearer nobody-gave-this' }),
  'the console of the administrator': await consoleOf('root'),
  'the console of a member': await consoleOf('member'),
};
for (const username of ['root', 'auditor', 'member', 'tenant-admin', 'stranger', 'foreign-admin'])
  callers[`account ${username}`] = await account(username);
for (const scope of ['*', 'cluster', 'audit', 'console', 'tasks', 'gpu', 'nothing']) {
  callers[`a key of the administrator for ${scope}`] = await keyOf(rootId, scope, 'authorization');
  callers[`a key of a member for ${scope}`] = await keyOf(member.userId, scope, 'x-api-key');
}
await api.caughtUp();
const { position } = (await api.events()).at(-1)!;

const OBJECTS = [
  'job:hello',
  `job:${runJob}`,
  `job:${claimJob}`,
  'allocation:al',
  'allocation:a1',
  'node:n1',
  'task:1',
  'run:1/1',
  `claim:${ids['/api/gpu-claims']}`,
  `service:${ids['/api/v1/services']}`,
  `account:${rootId}`,
];

function pathsOf(url: string): readonly string[] {
  if (url === '/audit/why/:kind/:id')
    return OBJECTS.filter((object) => !object.startsWith('account:')).map((object) => {
      const [kind = '', id = ''] = object.split(':');
      return `/audit/why/${kind}s/${encodeURIComponent(id)}`;
    });
  const path = pathOf(url);
  const [start = '', query = ''] = path.split('?');
  if (query.startsWith('of=job:hello'))
    return OBJECTS.map((object) => `${start}?${query.replace('job:hello', encodeURIComponent(object))}`);
  if (!url.includes(':job_id')) return [path];
  return [path, ...[runJob, claimJob].map((job) => path.replace('hello', job).replace('/al', '/a1'))];
}

/** Routes without a past refuse every moment. Some of them follow the present without an end, so it cannot be compared. */
function hasNoPast(url: string, { status, body }: Said): boolean {
  return (status === 400 && /as_of/.test(body)) || (status === 409 && url.endsWith('/follow'));
}

void t.test('every GET gives every caller the same live and as of the newest position', async (t) => {
  const gets = new Map(
    routes.filter(({ method }) => method === 'GET').map((route) => [route.url, route.policy]),
  );
  const wrong: string[] = [];
  const compared = new Map<number, number>();
  for (const [url, policy] of gets)
    for (const path of pathsOf(url))
      for (const [name, headersOf] of Object.entries(callers)) {
        const headers = headersOf(policy);
        const moment = { ...headers, 'x-muster-as-of': String(position) };
        const past = await api.say('GET', path, undefined, moment);
        if (hasNoPast(url, past)) continue;
        const live = await api.say('GET', path, undefined, headers);
        compared.set(live.status, (compared.get(live.status) ?? 0) + 1);
        // What is not recorded has no past, but only for those who may see it in the present.
        const isUnrecorded = past.status === 409 && ![401, 403, 404].includes(live.status);
        const lacks = String(past.headers['x-muster-as-of-lacks'] ?? '').split(', ');
        if (
          isUnrecorded ||
          (past.status === live.status && essence(past.body, lacks) === essence(live.body, lacks))
        )
          continue;
        wrong.push(
          `${path} as ${name}: live ${live.status} ${essence(live.body).slice(0, 300)}, as of ${position} ${past.status} ${essence(past.body).slice(0, 300)}`,
        );
      }
  t.same(wrong.slice(0, 20), [], `${wrong.length} responses differ`);
  for (const status of [200, 401, 403, 404])
    t.ok((compared.get(status) ?? 0) > 30, `${compared.get(status)} of the responses are ${status}`);
});
