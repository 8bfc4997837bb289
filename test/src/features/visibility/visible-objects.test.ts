import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import t from 'tap';
import type { z } from 'zod';
import { encode, type MusterEvent } from '#test/fixtures/muster-events.js';
import { streamName } from '#domain/kernel/event/index.js';
import { jobIdOf as jobOfClaim } from '#domain/gpu/claim/index.js';
import { deploymentJobOf } from '#domain/services/service/index.js';
import { jobIdOf as jobOfRun } from '#domain/tasks/task/index.js';
import { firstAdministrator } from '#src/accounts/first-administrator.js';
import type { Policy } from '#src/http/index.js';
import { KINDS } from '#src/features/why/objects.js';
import { cookieIn } from '../../../fixtures/cookie.js';
import {
  exited,
  group,
  place,
  placed,
  released,
  specification,
  started,
} from '../../../projections/events.js';
import { openPastApi } from '../../http/support/past-api.js';
import { aJob } from '../../http/support/test-api.js';
import { commandContext } from '../../../fixtures/command-context.js';

interface Route {
  readonly url: string;
  readonly policy: Policy;
  readonly query: readonly string[];
}

const routes: Route[] = [];
const api = await openPastApi(t, (app: FastifyInstance) => {
  app.addHook('onRoute', ({ method, url, config, schema }) => {
    const policy = config?.access;
    if (method !== 'GET' || policy === undefined || url.startsWith('/docs')) return;
    const query = schema?.querystring as z.ZodObject | undefined;
    routes.push({ url, policy, query: Object.keys(query?.shape ?? {}) });
  });
});
const { say } = api;

const PASSWORD = 'password123';
const context = () => commandContext({ correlationId: 'made-by-the-test', causationId: 'made-by-the-test' });

interface Account {
  readonly userId: string;
  readonly tenantId: string;
  readonly bearer: Readonly<Record<string, string>>;
  readonly cookie: Readonly<Record<string, string>>;
}

async function logIn(username: string): Promise<Pick<Account, 'bearer' | 'cookie'>> {
  const body = { username, password: PASSWORD };
  const { token } = (await say('POST', '/api/auth/login', body)).json() as { token: string };
  return {
    bearer: { authorization: `Bearer ${token}` },
    cookie: { cookie: cookieIn((await say('POST', '/login', body)).headers) },
  };
}

async function account(username: string, role: 'user' | 'auditor' = 'user', of?: string): Promise<Account> {
  const { userId, tenantId } = await api.identity.registrations.register(
    { username, password: PASSWORD, role, execute: true, ...(of !== undefined && { tenantId: of }) },
    context(),
  );
  return { userId, tenantId, ...(await logIn(username)) };
}

interface Belongings {
  /** Object names as in the audit history, such as `task:1`. */
  readonly objects: readonly string[];
  /** Texts that would identify the objects or their owner. */
  readonly marks: readonly string[];
  readonly job: string;
  readonly allocation: string;
  readonly task: string;
}

/** Creates one object of each kind, each with a job that was placed, ran and ended. */
async function belongingsOf({ userId, tenantId, bearer }: Account, name: string): Promise<Belongings> {
  const request = { ...bearer, 'x-request-id': `request-of-${name}` };
  const made = async (path: string, body: object): Promise<string> => {
    const { status, body: text } = await say('POST', path, body, request);
    if (status >= 300) throw new Error(`${path}: ${status} ${text}`);
    const told = JSON.parse(text) as { id?: string | number; data?: { id?: string | number } };
    return String(told.id ?? told.data?.id);
  };
  const task = await made('/api/tasks', {
    name: `task-of-${name}`,
    executor: 'http',
    url: 'https://example.com/',
  });
  await say('POST', `/api/tasks/${task}/trigger`, {}, request);
  const claim = await made('/api/gpu-claims', { spec: { image: 'busybox', resources: { gpuCount: 1 } } });
  const service = await made('/api/v1/services', {
    name: `service-of-${name}`,
    type: 'web',
    config: { image: 'web:1', ports: [80] },
  });
  const environment = randomUUID();
  const created: MusterEvent = {
    type: 'EnvironmentCreated',
    data: {
      environmentId: environment,
      name: `environment-${name}`,
      nameReservation: 'r',
      tenantId,
      createdBy: userId,
    },
  };
  await api.store.append({
    stream: streamName('environment', environment),
    expected: 'no_stream',
    events: [{ id: randomUUID(), ...encode(created, { $correlationId: 'c', $causationId: 'c', at: 1000 }) }],
  });
  const jobs = [
    [jobOfRun(Number(task), 1), 'tasks'],
    [jobOfClaim(claim), 'gpu'],
    [deploymentJobOf(service, 1), 'services'],
  ] as const;
  const allocations: string[] = [];
  for (const [jobId, surface] of jobs) {
    const at = place(`allocation-of-${name}-${surface}`, jobId);
    allocations.push(at.allocationId);
    await api.happened(
      {
        type: 'JobSubmitted',
        data: {
          jobId,
          evaluationId: `evaluation-of-${name}`,
          specification: specification(group('web')),
          owner: { surface, tenant: tenantId, principal: userId },
        },
      },
      placed(at),
      started(at),
      exited(at, 'failed', 1),
      released(at, 'failed'),
    );
  }
  return {
    job: jobs[0][0],
    allocation: allocations[0]!,
    task,
    objects: [
      `task:${task}`,
      `run:${task}/1`,
      `claim:${claim}`,
      `service:${service}`,
      `environment:${environment}`,
      `account:${userId}`,
      ...jobs.map(([jobId]) => `job:${jobId}`),
      ...allocations.map((id) => `allocation:${id}`),
    ],
    marks: [
      name,
      userId,
      tenantId,
      claim,
      service,
      environment,
      ...jobs.map(([jobId]) => jobId),
      ...allocations,
    ],
  };
}

const alice = await account('alice');
const bob = await account('umbrella');
await firstAdministrator(
  api.identity,
  { username: 'root', password: PASSWORD },
  { uuid: () => randomUUID() },
);
const root = await logIn('root');
const auditor = await account('auditor', 'auditor');
const own = await belongingsOf(alice, 'acme');
const others = await belongingsOf(bob, 'umbrella');
await say('POST', '/jobs', aJob({ job_id: 'job-of-umbrella-operators' }), {
  ...root.bearer,
  'x-request-id': 'request-of-umbrella-operators',
});
// An allocation that ends for one tenant wakes a job of the other, and one administrator changes both.
const wakes = (jobId: string, ref: string): MusterEvent => ({
  type: 'EvaluationCompleted',
  data: { evaluationId: 'e', jobId, jobVersion: 0, triggers: [{ kind: 'allocation-ended', ref }] },
});
await api.happened(wakes(own.job, others.allocation), wakes(others.job, own.allocation));
for (const { task } of [own, others])
  await say('POST', `/api/tasks/${task}/trigger`, {}, { ...root.bearer, 'x-request-id': 'request-of-root' });
await api.caughtUp();
const head = (await api.store.head()) ?? 0n;
await say('DELETE', `/api/tasks/${others.task}`, undefined, root.bearer);
await say('DELETE', `/api/tasks/${own.task}`, undefined, root.bearer);
await api.caughtUp();
const rootId = (await api.identity.users.idOf('root'))!;

const whyKindOf = (object: string): string => `${object.slice(0, object.indexOf(':'))}s`;
const idOf = (object: string): string => object.slice(object.indexOf(':') + 1);
/** Returns the name of an object of the same form that never existed. */
const absentOf = (object: string): string =>
  object
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, '00000000-0000-4000-8000-000000000000')
    .replace('umbrella', 'nowhere')
    .replace(/^(task:|run:|job:task\.)\d+/, '$177777');

/** Returns the requests of a route about one object. */
function requestsOf({ url, query }: Route, object: string): string[] {
  const parameters: readonly string[] = url.match(/:\w+/g) ?? [];
  const id = encodeURIComponent(idOf(object));
  const kind = KINDS.find((each) => each === whyKindOf(object));
  if (parameters.includes(':kind') && kind === undefined) return [];
  let filled = false;
  const path = url.replace('*', 'entries/000').replace(/:\w+/g, (name) => {
    if (name === ':kind') return kind!;
    if (filled) return '1';
    filled = true;
    return id;
  });
  const values: Readonly<Record<string, string>> = {
    of: object,
    object,
    from: '0',
    to: String(head),
    limit: '100',
  };
  const pairs = query.flatMap((key) =>
    values[key] === undefined ? [] : [`${key}=${encodeURIComponent(values[key])}`],
  );
  return [`${path}${pairs.length === 0 ? '' : `?${pairs.join('&')}`}`];
}

function asOf(url: string, position: bigint | undefined): string {
  return position === undefined ? url : `${url}${url.includes('?') ? '&' : '?'}as_of=${position}`;
}

async function ask({ policy }: Route, url: string, who: Pick<Account, 'bearer' | 'cookie'>) {
  const byCookie = 'accepts' in policy && policy.accepts.every((kind) => kind === 'cookie');
  return await say('GET', url, undefined, byCookie ? who.cookie : who.bearer);
}

/** Removes from a response the names that the caller sent. */
function without(text: string, object: string): string {
  return [object, idOf(object), encodeURIComponent(idOf(object)), ...idOf(object).split('/')]
    .reduce((rest, name) => rest.replaceAll(name, '…'), text)
    .replace(/"(?:timestamp|request_id|trace_id)":"[^"]*"/g, '');
}

/** Routes of streams that do not end, and of responses that differ on each call. */
const LEFT_OUT = /\/(?:follow|logs|metrics|health)$|\/metrics\//;
const forAccounts = routes.filter(
  ({ url, policy }) =>
    ['account', 'reader', 'operator', 'admin', 'visitor'].includes(policy.who) && !LEFT_OUT.test(url),
);

void t.test('shows nothing of another tenant on any route, now or in the past', async (t) => {
  t.ok(
    forAccounts.filter(({ url }) => url.startsWith('/audit/')).length >= 8,
    'the routes of the audit surface are included',
  );
  t.ok(forAccounts.length > 50, `${forAccounts.length} routes`);
  let calls = 0;
  for (const route of forAccounts) {
    const objects =
      /:|\*/.test(route.url) || route.query.includes('of') ? others.objects : [others.objects[0]!];
    for (const object of objects) {
      const absent = absentOf(object);
      for (const position of route.url.startsWith('/audit/') ? [undefined, head] : [undefined, head - 1n]) {
        for (const [index, url] of requestsOf(route, object).entries()) {
          const foreign = await ask(route, asOf(url, position), alice);
          const never = await ask(route, asOf(requestsOf(route, absent)[index]!, position), alice);
          calls += 2;
          const text = `${without(foreign.body, object)} ${JSON.stringify(foreign.headers)}`;
          const told = others.marks.find((mark) => without(mark, object) === mark && text.includes(mark));
          if (told !== undefined) t.fail(`${url}: ${told} in ${text.slice(0, 300)}`);
          t.equal(foreign.status, never.status, `${url} as of ${position}: ${foreign.body.slice(0, 200)}`);
          if (foreign.status >= 400)
            t.equal(without(foreign.body, object), without(never.body, absent), `${url} as of ${position}`);
        }
      }
    }
  }
  t.comment(`${calls} calls of ${forAccounts.length} routes`);
});

void t.test(
  'shows an account the history of its objects without the identity of administrators',
  async (t) => {
    for (const object of own.objects) {
      const changes = await say(
        'GET',
        `/audit/changes?of=${encodeURIComponent(object)}`,
        undefined,
        alice.bearer,
      );
      t.equal(changes.status, 200, `${object}: ${changes.body}`);
      t.notOk(changes.body.includes(rootId), `${object} does not name the administrator`);
      t.ok((changes.json() as { changes: unknown[] }).changes.length > 0, object);
      const kind = KINDS.find((each) => each === whyKindOf(object));
      if (kind === undefined) continue;
      const why = await say(
        'GET',
        `/audit/why/${kind}/${encodeURIComponent(idOf(object))}`,
        undefined,
        alice.bearer,
      );
      t.equal(why.status, 200, `${object}: ${why.body}`);
      t.notOk(why.body.includes(rootId), `${object} does not name the administrator`);
      t.equal(
        others.marks.find((mark) => why.body.includes(mark)),
        undefined,
        `${object}: ${why.body}`,
      );
    }
    const request = await say('GET', '/audit/why/requests/request-of-acme', undefined, alice.bearer);
    t.equal(request.status, 200, request.body);
    const changed = (await say('GET', '/audit/changed?from=0', undefined, alice.bearer)).json() as {
      objects: { object: string }[];
    };
    const seen = changed.objects.map(({ object }) => object);
    for (const object of own.objects) t.ok(seen.includes(object) || object.includes('task'), object);
    for (const object of seen) t.ok(own.objects.includes(object) || object === `run:${own.task}/2`, object);
  },
);

void t.test('shows the objects of all tenants to administrators and auditors', async (t) => {
  for (const who of [root, auditor])
    for (const object of [...own.objects, ...others.objects]) {
      const { status, body } = await say(
        'GET',
        `/audit/changes?of=${encodeURIComponent(object)}`,
        undefined,
        who.bearer,
      );
      t.equal(status, 200, `${object}: ${body}`);
    }
  t.equal(
    (await say('GET', `/api/gpu-claims`, undefined, auditor.bearer)).body.includes(others.marks[3]!),
    true,
  );
  t.equal((await say('GET', '/jobs', undefined, auditor.bearer)).status, 200);
  t.equal((await say('POST', '/jobs', aJob({}), auditor.bearer)).status, 403);
});
