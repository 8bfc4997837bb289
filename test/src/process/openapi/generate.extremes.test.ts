import { readdirSync, readFileSync } from 'node:fs';
import t from 'tap';
import { aJob } from '../../http/support/test-api.js';
import { CONFIG, servicesScene } from '../../surfaces/services/routes/scene.js';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { bearer, servicesLogin } from '../../../fixtures/services-account.js';

t.setTimeout(300_000 * PATIENCE);

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly schema?: { readonly type?: string; readonly format?: string };
}
interface Operation {
  readonly parameters?: readonly Parameter[];
}
type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

const MOMENTS = [
  '9999-12-31T23:59:59Z',
  '9999-12-31T23:59:59.999999999-23:59',
  '0000-01-01T00:00:00Z',
  '0000-01-01T00:00:00+23:59',
  '0001-01-01T00:00:00Z',
  '1969-12-31T23:59:59Z',
  '1970-01-01T00:00:00.001Z',
  '2024-02-29T00:00:00Z',
  '2023-02-29T00:00:00Z',
  '10000-01-01T00:00:00Z',
  '+275760-09-13T00:00:00Z',
  '-271821-04-20T00:00:00Z',
  '2026-11-20',
  'now',
  '',
];
const NUMBERS = [
  '0',
  '-0',
  '-1',
  '1',
  '1.5',
  '1e3',
  '1e308',
  '1e309',
  '-1e309',
  '0x10',
  'NaN',
  'Infinity',
  '',
  ' ',
  '٣',
  '2147483647',
  '2147483648',
  '4294967296',
  '9007199254740991',
  '9007199254740992',
  '9223372036854775807',
  '9223372036854775808',
  '1'.repeat(400),
];

/** Every GET of every surface, with each parameter that is a moment or a number. */
function operations(): { readonly path: string; readonly parameter: Parameter }[] {
  const documents = readdirSync('openapi').filter(
    (file) => file.endsWith('.json') && file !== 'agent.json' && file !== 'asyncapi.json',
  );
  const all = documents.flatMap((file) =>
    Object.entries((JSON.parse(readFileSync(`openapi/${file}`, 'utf8')) as { readonly paths: Paths }).paths),
  );
  return all.flatMap(([path, { get }]) =>
    (get?.parameters ?? []).flatMap((parameter) => {
      const { type, format } = parameter.schema ?? {};
      const isExtreme =
        type === 'integer' ||
        type === 'number' ||
        format === 'date-time' ||
        format === 'date' ||
        /^(after|before|position)$/.test(parameter.name);
      return parameter.in === 'query' && isExtreme ? [{ path, parameter }] : [];
    }),
  );
}

void t.test('never fails for an extreme moment or number in a query', async (t) => {
  const { api, service } = await servicesScene(t);
  const serviceId = await service('app', CONFIG);
  const root = bearer(await servicesLogin(api, 'root'));
  t.equal((await api.say('POST', '/jobs', aJob({ job_id: 'hello' }))).status, 200);
  const task = {
    name: 'a task',
    type: 'shell',
    config: { command: 'true' },
    schedule: { type: 'cron', expression: '0 0 * * *' },
  };
  const made = await api.say('POST', '/api/tasks', task, root);
  const taskId = made.status < 300 ? /"task_id":"?(\w+)/.exec(made.body)?.[1] : undefined;
  await api.caughtUp();
  const ids: Readonly<Record<string, string>> = { job_id: 'hello', id: serviceId, task_id: taskId ?? '1' };
  const found = operations();
  t.ok(found.length > 40, String(found.length));
  const failed: string[] = [];
  let good = 0;
  for (const { path, parameter } of found) {
    const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? '1');
    for (const value of [...MOMENTS, ...NUMBERS]) {
      const limited = path === '/console/api/changes' && parameter.name !== 'limit' ? '&limit=1' : '';
      const more = path === '/audit/events' ? '&follow=false' : limited;
      const { status, body } = await api.say(
        'GET',
        `${filled}?${parameter.name}=${encodeURIComponent(value)}${more}`,
        undefined,
        root,
      );
      if (status >= 500)
        failed.push(`${filled}?${parameter.name}=${value.slice(0, 40)}: ${status} ${body.slice(0, 200)}`);
      if (status === 200) good += 1;
    }
  }
  t.strictSame(failed, []);
  t.ok(good > 100, `${good} requests succeeded`);
});

void t.test('never fails for an extreme value in a path, with any method', async (t) => {
  const { api } = await servicesScene(t);
  const root = bearer(await servicesLogin(api, 'root'));
  const documents = readdirSync('openapi').filter(
    (file) => file.endsWith('.json') && file !== 'agent.json' && file !== 'asyncapi.json',
  );
  const failed: string[] = [];
  let asked = 0;
  for (const file of documents) {
    const { paths } = JSON.parse(readFileSync(`openapi/${file}`, 'utf8')) as { readonly paths: Paths };
    for (const [path, methods] of Object.entries(paths).filter(([each]) => each.includes('{')))
      for (const method of Object.keys(methods).filter((each) =>
        ['get', 'post', 'put', 'patch', 'delete'].includes(each),
      ))
        for (const value of [...NUMBERS, '9999-12-31T23:59:59Z', '\u0000', '\u202e', '%', '..', '0/0'].filter(
          (each) => each !== '',
        )) {
          const url = path.replace(/\{\w+\}/g, encodeURIComponent(value));
          const body = method === 'get' || method === 'delete' ? undefined : {};
          const { status, body: said } = await api.say(method.toUpperCase(), url, body, root);
          asked += 1;
          // 502 and 503 are right, because without agents no node can be reached.
          if (status === 500) failed.push(`${method} ${url.slice(0, 100)}: ${status} ${said.slice(0, 200)}`);
        }
  }
  t.ok(asked > 1000, String(asked));
  t.strictSame(failed, []);
});
