import { readFileSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { deploymentJobOf, SERVICE_GROUP } from '#domain/services/service/index.js';
import { jobIdOf, RUN_GROUP } from '#domain/tasks/task/index.js';
import { firstAdministrator } from '#src/accounts/first-administrator.js';
import type { RouteAccess } from '#src/surfaces/kit/access/table.js';
import { takesCookiesAlone } from '#src/surfaces/kit/access/policy.js';
import { cookieIn } from '../../../fixtures/cookie.js';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { HOOK } from '../../../fixtures/hook.js';
import {
  group,
  place,
  placed,
  registered,
  specification,
  started,
  submitted,
} from '../../../projections/events.js';
import { collectAccess } from '../../../generated/authorization.js';
import { built, endBuild } from '../environments/routes/scene.js';
import { openPastApi } from './support/past-api.js';

t.setTimeout(120_000 * PATIENCE);

const PAGE = 'docs/history.md';
const [BEGIN, END] = ['<!-- routes: MUSTER_TEST_WRITE_AS_OF=1 -->\n', '<!-- end of the routes -->'];
const ACCOUNT = { username: 'root', password: 'password123' };
/** Its next run stays the same during the test, also around midnight. */
const TASK = { name: 'backup', executor: 'shell', command: 'true', schedule: '0 3 1 1 *' };

let routes: RouteAccess[] = [];
const api = await openPastApi(t, (app) => (routes = collectAccess(app)));
await firstAdministrator(api.identity, ACCOUNT, { uuid: () => globalThis.crypto.randomUUID() });
const { token } = (await api.say('POST', '/api/auth/login', ACCOUNT)).json() as { token: string };
const bearer = { authorization: `Bearer ${token}` };
const cookie = { cookie: cookieIn((await api.say('POST', '/login', ACCOUNT)).headers) };

async function made<Answer>(method: string, url: string, body: unknown, headers = {}): Promise<Answer> {
  const said = await api.say(method, url, body, headers);
  if (said.status >= 300) throw new Error(`${method} ${url}: ${said.status} ${said.body}`);
  return said.json();
}

/** Creates one object of each kind, so that no route returns 404 only because its object is missing. */
async function objects(): Promise<Readonly<Record<string, string>>> {
  const registration = registered('n1');
  if (registration.type !== 'NodeRegistered') throw new Error('no registration');
  const [own, ofRun] = [place('al', 'hello'), place('a1', jobIdOf(1, 1), 0, RUN_GROUP)];
  const told = { run: 1, outcome: 'failed', trigger: 'manual', slot: null, attempt: 1 } as const;
  await made('POST', '/api/tasks', TASK, bearer);
  await made('POST', '/api/tasks/1/trigger', {}, bearer);
  await made('PUT', '/api/secrets/password', { value: 'a value' }, bearer);
  const { template_id: template } = await made<{ template_id: string }>('POST', '/templates', {
    name: 'web',
    task_groups: [{ name: 'web', tasks: [{ name: 'main', config: { command: 'true' }, resources: {} }] }],
  });
  const { id: claim } = await made<{ id: string }>(
    'POST',
    '/api/gpu-claims',
    { spec: { image: 'busybox', resources: { gpuCount: 1 } } },
    bearer,
  );
  const { id: service } = await made<{ id: string }>(
    'POST',
    '/api/v1/services',
    { name: 'shop', type: 'web', config: { image: 'web:1', ports: [80] } },
    bearer,
  );
  const environment = api.say('POST', '/api/conda/environment', { name: 'data' }, cookie);
  await endBuild(api, built({ python: '3.11.9' }));
  await environment;
  const job = deploymentJobOf(service, 1);
  const instance = place('a2', job, 0, SERVICE_GROUP);
  await made('POST', `/api/v1/services/${service}/start`, {}, bearer);
  await api.happened(
    submitted(job, specification(group(SERVICE_GROUP))),
    placed(instance),
    started(instance),
    { ...registration, data: { ...registration.data, endpoint: 'http://127.0.0.1:1' } },
    submitted('hello'),
    placed(own),
    started(own),
    placed(ofRun),
    started(ofRun),
    { type: 'TaskNoticeDecided', data: { taskId: 1, notice: 1, on: 'failure', to: HOOK, run: told } },
  );
  const user = (await api.identity.users.idOf(ACCOUNT.username)) ?? '';
  return {
    job_id: 'hello',
    allocation_id: 'al',
    node_id: 'n1',
    worker_id: 'n1',
    template_id: template,
    task_id: '1',
    run_id: '1',
    notice_id: '1',
    name: 'password',
    '/api/auth/users/:id': user,
    '/api/gpu-claims': claim,
    '/api/v1/services': service,
    '/api/nodes': 'n1',
    '/audit/why': 'hello',
    kind: 'jobs',
  };
}

/** Values of required parameters. */
const QUERIES: Readonly<Record<string, string>> = {
  '/audit/changes': 'of=job:hello',
  '/audit/changed': 'from=1',
  '/audit/diff': 'of=job:hello&from=1',
  '/api/conda/environment/:env_name/plan': 'packages=six',
};

const ids = await objects();
const { position } = (await api.events()).at(-1)!;

function pathOf(url: string): string {
  const path = url.replace(/:(\w+)/g, (_, name: string) => {
    const prefix = Object.keys(ids).find((key) => key.startsWith('/') && url.startsWith(key));
    return (name === 'id' && prefix !== undefined ? ids[prefix] : ids[name]) ?? '1';
  });
  const query = QUERIES[url];
  return query === undefined ? path : `${path}?${query}`;
}

const headersOf = (policy: RouteAccess['policy']): Readonly<Record<string, string>> =>
  policy !== undefined && takesCookiesAlone(policy) ? cookie : bearer;

interface Asked {
  readonly url: string;
  readonly status: number;
  /** Text of the page's row about the route. */
  readonly told: string;
  /** Fields that differ from the present response. */
  readonly differs: readonly string[];
}

async function ask({ url, policy }: RouteAccess): Promise<Asked> {
  const path = pathOf(url);
  const headers = headersOf(policy);
  const then = await api.say('GET', path, undefined, { ...headers, 'x-muster-as-of': String(position) });
  const { status, body } = then;
  // If no object has the id now either, the 404 is the correct response of the past.
  if (status === 404 && (await api.say('GET', path, undefined, headers)).status === 404)
    return { url, status: 200, told: 'as it was', differs: [] };
  if (status !== 200) {
    const why =
      /"(?:as_of: |Invalid input data: as_of: )?([^"]*(?:is not recorded|own parameters)[^"]*)"/.exec(
        body,
      )?.[1];
    return {
      url,
      status,
      told: `${status}${why === undefined ? '' : `: ${why.replace(', so its past is unknown', '')}`}`,
      differs: [],
    };
  }
  const lacks = String(then.headers['x-muster-as-of-lacks'] ?? '');
  const now = await api.say('GET', path, undefined, headers);
  return {
    url,
    status,
    told: lacks === '' ? 'as it was' : `as it was; not recorded: \`${lacks}\``,
    differs: differing(parsed(body), parsed(now.body)),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Names of the fields that are not the same in both, at any depth. */
function differing(one: unknown, other: unknown, field = ''): string[] {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null)
    return one === other ? [] : [field];
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  const of = (value: object, name: string): unknown => (value as Readonly<Record<string, unknown>>)[name];
  return [...names].flatMap((name) =>
    differing(of(one, name), of(other, name), /^\d+$/.test(name) ? field : name),
  );
}

/** Times of the response itself, and fields that the header names. */
const OWN_FIELDS: ReadonlySet<string> = new Set(['', 'timestamp', 'at', 'position', 'last_heartbeat']);

void t.test('the page lists what each GET route returns as of a moment', async (t) => {
  const asked: Asked[] = [];
  const seen = new Set<string>();
  for (const route of routes) {
    // Two surfaces have some paths in common; those requests reach the first one.
    if (route.method !== 'GET' || seen.has(route.url)) continue;
    seen.add(route.url);
    asked.push(await ask(route));
  }
  for (const { url, status, told, differs } of asked) {
    t.ok([200, 400, 401, 409].includes(status), `${url}: ${told}`);
    t.same(
      differs.filter((field) => !OWN_FIELDS.has(field)),
      [],
      `${url} as of the newest event equals the present response`,
    );
  }
  const rows = asked
    .filter(({ told }) => !/^40[01]$/.test(told))
    .map(({ url, told }) => `| \`${url}\` | ${told} |`);
  const table = ['| GET | as of a moment |', '| --- | --- |', ...rows, ''].join('\n');
  const page = readFileSync(PAGE, 'utf8');
  const [before = '', rest = ''] = page.split(BEGIN);
  const [written, after = ''] = rest.split(END);
  if (process.env['MUSTER_TEST_WRITE_AS_OF'] === '1')
    writeFileSync(PAGE, `${before}${BEGIN}${table}${END}${after}`);
  else t.equal(written, table, 'the table of the page is current; MUSTER_TEST_WRITE_AS_OF=1 writes it');
});
