import { deploymentJobOf, SERVICE_GROUP } from '#domain/services/service/index.js';
import { jobIdOf, RUN_GROUP } from '#domain/tasks/task/index.js';
import { firstAdministrator } from '#src/accounts/first-administrator.js';
import { takesCookiesAlone } from '#src/http/access/policy.js';
import type { RouteAccess } from '#src/http/access/table.js';
import { cookieIn } from '../../../fixtures/cookie.js';
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
import { built, endBuild } from '../../surfaces/environments/routes/scene.js';
import type { TestApi } from './test-api.js';

const ACCOUNT = { username: 'root', password: 'password123' };
/** Its next run stays the same during a test, also around midnight. */
const TASK = { name: 'backup', executor: 'shell', command: 'true', schedule: '0 3 1 1 *' };

/** Values of required parameters. */
const QUERIES: Readonly<Record<string, string>> = {
  '/audit/changes': 'of=job:hello',
  '/audit/changed': 'from=1',
  '/audit/diff': 'of=job:hello&from=1',
  '/api/conda/environment/:env_name/plan': 'packages=six',
};

type Headers = Readonly<Record<string, string>>;

export interface EveryObject {
  readonly bearer: Headers;
  readonly cookie: Headers;
  /** Creates one object of each kind. `after` runs after each step. */
  create(after?: () => Promise<void>): Promise<void>;
  /** Returns the path of a route to one of the objects, with required parameters. An object that was not created yet has the id `1`. */
  pathOf(url: string): string;
  headersOf(policy: RouteAccess['policy'] | undefined): Headers;
  /** Sends a request of the administrator. Throws if it fails. */
  made<Answer>(method: string, url: string, body?: unknown, headers?: object): Promise<Answer>;
  readonly ids: Readonly<Record<string, string>>;
}

/** Logs in an administrator who can create one object of each kind, so that no route returns 404 only because its object is missing. */
export async function everyObject(api: TestApi): Promise<EveryObject> {
  await firstAdministrator(api.identity, ACCOUNT, { uuid: () => globalThis.crypto.randomUUID() });
  const { token } = (await api.say('POST', '/api/auth/login', ACCOUNT)).json() as { token: string };
  const bearer = { authorization: `Bearer ${token}` };
  const cookie = { cookie: cookieIn((await api.say('POST', '/login', ACCOUNT)).headers) };
  const user = (await api.identity.users.idOf(ACCOUNT.username)) ?? '';
  const ids: Record<string, string> = {
    job_id: 'hello',
    allocation_id: 'al',
    node_id: 'n1',
    worker_id: 'n1',
    task_id: '1',
    run_id: '1',
    notice_id: '1',
    name: 'password',
    '/api/auth/users/:id': user,
    '/api/nodes': 'n1',
    '/audit/why': 'hello',
    kind: 'jobs',
  };
  const made = async <Answer>(
    method: string,
    url: string,
    body?: unknown,
    headers: object = bearer,
  ): Promise<Answer> => {
    const said = await api.say(method, url, body, { ...headers });
    if (said.status >= 300) throw new Error(`${method} ${url}: ${said.status} ${said.body}`);
    return said.body === '' ? (undefined as Answer) : said.json();
  };
  const registration = registered('n1');
  if (registration.type !== 'NodeRegistered') throw new Error('no registration');
  const [own, ofRun] = [place('al', 'hello'), place('a1', jobIdOf(1, 1), 0, RUN_GROUP)];
  const told = { run: 1, outcome: 'failed', trigger: 'manual', slot: null, attempt: 1 } as const;
  const steps: readonly (() => Promise<unknown>)[] = [
    () => made('POST', '/api/tasks', TASK),
    () => made('POST', '/api/tasks/1/trigger', {}),
    () => made('PUT', '/api/secrets/password', { value: 'a value' }),
    async () => {
      const { template_id: template } = await made<{ template_id: string }>('POST', '/templates', {
        name: 'web',
        task_groups: [{ name: 'web', tasks: [{ name: 'main', config: { command: 'true' }, resources: {} }] }],
      });
      ids['template_id'] = template;
    },
    async () => {
      const claim = { spec: { image: 'busybox', resources: { gpuCount: 1 } } };
      ids['/api/gpu-claims'] = (await made<{ id: string }>('POST', '/api/gpu-claims', claim)).id;
    },
    async () => {
      const service = { name: 'shop', type: 'web', config: { image: 'web:1', ports: [80] } };
      ids['/api/v1/services'] = (await made<{ id: string }>('POST', '/api/v1/services', service)).id;
    },
    async () => {
      const environment = api.say('POST', '/api/conda/environment', { name: 'data' }, cookie);
      await endBuild(api, built({ python: '3.11.9' }));
      await environment;
    },
    () => made('POST', `/api/v1/services/${ids['/api/v1/services']}/start`, {}),
    async () => {
      const job = deploymentJobOf(ids['/api/v1/services'] ?? '', 1);
      const instance = place('a2', job, 0, SERVICE_GROUP);
      await api.happened(
        submitted(job, specification(group(SERVICE_GROUP))),
        placed(instance),
        started(instance),
        { ...registration, data: { ...registration.data, endpoint: 'http://127.0.0.1:1' } },
      );
    },
    () => api.happened(submitted('hello'), placed(own), started(own)),
    () =>
      api.happened(placed(ofRun), started(ofRun), {
        type: 'TaskNoticeDecided',
        data: { taskId: 1, notice: 1, on: 'failure', to: HOOK, run: told },
      }),
  ];
  return {
    bearer,
    cookie,
    ids,
    made,
    async create(after) {
      for (const step of steps) {
        await step();
        await after?.();
      }
    },
    pathOf(url) {
      const path = url.replace(/:(\w+)/g, (_, name: string) => {
        const prefix = Object.keys(ids).find((key) => key.startsWith('/') && url.startsWith(key));
        return (name === 'id' && prefix !== undefined ? ids[prefix] : ids[name]) ?? '1';
      });
      const query = QUERIES[url];
      return query === undefined ? path : `${path}?${query}`;
    },
    headersOf: (policy) => (policy !== undefined && takesCookiesAlone(policy) ? cookie : bearer),
  };
}
