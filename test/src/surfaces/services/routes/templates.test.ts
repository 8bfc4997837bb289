import { randomUUID } from 'node:crypto';
import t, { type Test } from 'tap';
import { BUILT_IN_TEMPLATES, templateIdOf } from '#domain/services/template/index.js';
import { addBuiltInTemplates } from '#src/surfaces/services/built-in-templates.js';
import { sagaContext } from '#src/accounts/saga-context.js';
import { servicesSeedRoutes } from '../../../../fixtures/services-seed.js';
import { openTestApi, type Said, type TestApi } from '../../../http/support/test-api.js';

const PASSWORD = 'password-of-everybody';
const NEVER = new AbortController().signal;

interface Scene {
  readonly api: TestApi;
  as(role: 'admin' | 'user', method: string, path: string, body?: unknown): Promise<Said>;
}

async function scene(test: Test): Promise<Scene> {
  const api = await openTestApi(test);
  const ids = { uuid: randomUUID };
  const tokens = new Map<string, string>();
  for (const role of ['admin', 'user'] as const) {
    await api.identity.registrations.register(
      { username: role, password: PASSWORD, role },
      sagaContext('test', ids),
    );
    tokens.set(
      role,
      (
        (await api.say('POST', '/api/auth/login', { username: role, password: PASSWORD })).json() as {
          token: string;
        }
      ).token,
    );
  }
  await addBuiltInTemplates({ executor: api.executor, ids, clock: { sleep: async () => undefined } }, NEVER);
  await api.projector.waitFor((await api.events()).at(-1)!.position, 30_000);
  return {
    api,
    as: async (role, method, path, body) =>
      await api.say(method, path, body, { authorization: `Bearer ${tokens.get(role)}` }),
  };
}

/** Names of nested fields; for lists those of their first item. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0])];
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, shapeOf(each)]));
}

const SITE = {
  name: 'site',
  type: 'web',
  config: { image: 'nginx:1.28', ports: [80], environment: { HOST: '{{HOST}}', KEY: '{{KEY}}' } },
  variables: [
    { name: 'HOST', type: 'string', description: 'Name of the site' },
    { name: 'KEY', type: 'string', description: 'A key', generate: 'hex', secret: true },
  ],
  connection_string: 'http://{{HOST}}@{{ENDPOINT}}/',
  job_files: {
    'site.nomad':
      'job "site" {\n group "g" {\n task "t" {\n driver = "docker"\n config {\n image = "nginx:1.28"\n }\n }\n }\n}\n',
  },
};

void t.test("responds to the contract's template examples as documented", async (t) => {
  const { as } = await scene(t);
  for (const { route, answer, status, errors } of servicesSeedRoutes().filter((each) =>
    each.route.includes('/templates'),
  )) {
    const path = route.replace('GET ', '').replace(':id', templateIdOf('postgresql'));
    const said = await as('user', 'GET', path);
    t.equal(said.status, status, route);
    t.match(shapeOf(said.json()), shapeOf(answer), route);
    t.ok(errors.length > 0);
  }
  const wrong = await as('user', 'GET', '/api/v1/templates/nothing');
  t.same([wrong.status, wrong.json()], [400, { error: 'Invalid template ID' }]);
  const absent = await as('user', 'GET', `/api/v1/templates/${randomUUID()}`);
  t.same([absent.status, absent.json()], [404, { error: 'Template not found' }]);
});

void t.test('shows templates only with a token', async (t) => {
  const { api } = await scene(t);
  for (const path of ['/api/v1/templates', `/api/v1/templates/${templateIdOf('redis')}`]) {
    for (const headers of [{}, { authorization: 'Bearer x' }] as Record<string, string>[]) {
      const said = await api.say('GET', path, undefined, headers);
      t.same([said.status, said.json()], [401, { error: 'Invalid or missing token' }]);
    }
  }
});

void t.test('adds built-in templates once, and does not restore removed ones', async (t) => {
  const { api, as } = await scene(t);
  const parts = {
    executor: api.executor,
    ids: { uuid: randomUUID },
    clock: { sleep: async () => undefined },
  };
  const added = async (): Promise<number> =>
    (await api.events()).filter(({ type }) => type === 'ServiceTemplateAdded').length;
  t.equal(await added(), BUILT_IN_TEMPLATES.length);
  t.same((await as('admin', 'DELETE', `/api/v1/templates/${templateIdOf('mysql')}`)).json(), {
    message: 'Template deleted successfully',
  });
  await Promise.all([addBuiltInTemplates(parts, NEVER), addBuiltInTemplates(parts, NEVER)]);
  t.equal(await added(), BUILT_IN_TEMPLATES.length);
  const { templates, total } = (await as('user', 'GET', '/api/v1/templates')).json() as {
    templates: { name: string }[];
    total: number;
  };
  t.equal(total, BUILT_IN_TEMPLATES.length - 1);
  t.notOk(templates.some(({ name }) => name === 'mysql'));
});

void t.test('lets only administrators add and remove templates', async (t) => {
  const { as } = await scene(t);
  t.same((await as('user', 'POST', '/api/v1/templates', SITE)).status, 403);
  const made = await as('admin', 'POST', '/api/v1/templates', SITE);
  t.equal(made.status, 201);
  const id = templateIdOf('site');
  t.match(made.json(), {
    id,
    name: 'site',
    config: SITE.config,
    variables: SITE.variables,
    job_files: SITE.job_files,
    is_public: true,
    built_in: false,
  });
  t.match((await as('user', 'GET', `/api/v1/templates/${id}`)).json(), { ...SITE, id });
  const again = await as('admin', 'POST', '/api/v1/templates', SITE);
  t.same([again.status, again.json()], [400, { error: 'template site already exists' }]);
  t.equal((await as('user', 'DELETE', `/api/v1/templates/${id}`)).status, 403);
  t.equal((await as('admin', 'DELETE', `/api/v1/templates/${id}`)).status, 200);
  t.equal((await as('admin', 'DELETE', `/api/v1/templates/${id}`)).status, 404);
});

void t.test('accepts fields that depend on variables', async (t) => {
  const { as } = await scene(t);
  const config = {
    image: 'nginx:{{HOST}}',
    command: '{{KEY}}',
    environment: { HOST: 'http://{{HOST}}/', NOTE: '{{ .Host }} {{end}}' },
    health: { type: '{{HOST}}', path: '/{{HOST}}', port: 80 },
    volumes: [{ name: '{{HOST}}', path: '{{KEY}}' }],
  };
  const said = await as('admin', 'POST', '/api/v1/templates', { ...SITE, config });
  t.equal(said.status, 201, said.body);
  t.match(said.json(), { config });
});

void t.test("accepts the contract's example configuration", async (t) => {
  const { as } = await scene(t);
  const [block] = servicesSeedRoutes().filter(({ route }) => route.endsWith('/templates/:id'));
  const {
    id: _id,
    created_at: _at,
    ...given
  } = block?.answer as { id: string; created_at: string; config: object };
  const variables = ['DB_USER', 'DB_PASSWORD', 'DB_NAME'].map((name) => ({
    name,
    type: 'string',
    description: name,
  }));
  const said = await as('admin', 'POST', '/api/v1/templates', { ...given, name: 'contract', variables });
  t.equal(said.status, 201, said.body);
  t.match(said.json(), { config: given.config });
  t.match((await as('admin', 'POST', '/api/v1/templates', { ...given, name: 'undeclared' })).json(), {
    error: /\{\{DB_USER\}\} is not a variable/,
  });
});

void t.test('shows private templates only to administrators', async (t) => {
  const { as } = await scene(t);
  await as('admin', 'POST', '/api/v1/templates', { ...SITE, is_public: false });
  const path = `/api/v1/templates/${templateIdOf('site')}`;
  t.equal((await as('user', 'GET', path)).status, 404);
  t.equal((await as('user', 'POST', `${path}/render`, {})).status, 404);
  t.equal((await as('admin', 'GET', path)).status, 200);
  t.notMatch((await as('user', 'GET', '/api/v1/templates')).body, 'site');
});

void t.test('refuses an invalid template, and reports where the error is', async (t) => {
  const { as } = await scene(t);
  const exec = SITE.job_files['site.nomad'].replace('"docker"', '"exec"');
  const cases: readonly (readonly [object, RegExp])[] = [
    [{ name: 'A b' }, /name: must match/],
    [{ config: { image: '{{IMAGE}}' } }, /config: \{\{IMAGE\}\} is not a variable/],
    [
      { variables: [{ name: 'HOST', type: 'string', description: '', secret: true, default: 'x' }] },
      /variables/,
    ],
    [{ job_files: { 'site.nomad': 'job "site" {\n  x = var.y\n}\n' } }, /site\.nomad:2:7: is an expression/],
    [{ job_files: { 'site.nomad': exec } }, /site\.nomad:4:2: .*driver: must be "docker"/],
    [{ job_files: { 'other.nomad': 'job "x" {}' } }, /must begin with site\./],
    [{ unknown: 1 }, /unknown/i],
    [{ config: { ...SITE.config, port: 80 } }, /config\.port: is not a field/],
    [{ config: { ...SITE.config, privileged: true } }, /config\.privileged: /],
    [{ config: { ...SITE.config, ports: ['80'] } }, /config\.ports\.0: .*number/],
    [{ config: { ...SITE.config, ports: ['{{HOST}}'] } }, /config\.ports\.0: .*number/],
    [
      { config: { ...SITE.config, ports: Array.from({ length: 1000 }, (_, port) => port + 1) } },
      /config\.ports: /,
    ],
    [
      { config: { ...SITE.config, environment: { KEY: '{{KEY}}', NUMBER: 5 } } },
      /config\.environment\.NUMBER: /,
    ],
    [{ config: { ...SITE.config, environment: { 'no name': '{{KEY}}' } } }, /config\.environment\.no name: /],
    [{ config: { ...SITE.config, image: 'no image' } }, /config\.image: /],
    [{ config: { ...SITE.config, resources: { cpu: -1 } } }, /config\.resources\.cpu: /],
    [
      { config: { ...SITE.config, volumes: [{ name: 'data', path: '/data', host_path: '/' }] } },
      /config\.volumes\.0\.host_path: is not a field/,
    ],
    [{ config: { ...SITE.config, health: { type: 'ping' } } }, /config\.health\.type: /],
    [
      { config: { environment: {} }, job_files: undefined },
      /config\.image: is required, unless job_files is set/,
    ],
    [
      {
        job_files: {
          'site.nomad': SITE.job_files['site.nomad'].replace('group "g" {', 'group "g" {\n count = 101'),
        },
      },
      /site\.nomad: is invalid at count: /,
    ],
    [
      {
        job_files: {
          'site.nomad': SITE.job_files['site.nomad'].replace(
            'group "g"',
            'group "f" {\n task "t" {\n driver = "docker"\n config {\n image = "x"\n }\n }\n }\n group "g"',
          ),
        },
      },
      /exactly one group with one task/,
    ],
  ];
  for (const [changes, said] of cases) {
    const refused = await as('admin', 'POST', '/api/v1/templates', { ...SITE, ...changes });
    t.equal(refused.status, 400, JSON.stringify(changes));
    t.match((refused.json() as { error: string }).error, said);
  }
});

void t.test('masks secrets in a rendered template', async (t) => {
  const { as } = await scene(t);
  await as('admin', 'POST', '/api/v1/templates', SITE);
  const path = `/api/v1/templates/${templateIdOf('site')}/render`;
  const hostile = '{{KEY}}"\n- ${x}';
  const said = await as('user', 'POST', path, { custom_variables: { HOST: hostile } });
  t.equal(said.status, 200);
  t.same(said.json(), {
    config: { image: 'nginx:1.28', ports: [80], environment: { HOST: hostile, KEY: '***' } },
    variables: [
      { name: 'HOST', value: hostile, from: 'given', secret: false },
      { name: 'KEY', value: '***', from: 'generated', secret: true },
    ],
    connection_string: `http://${encodeURIComponent(hostile)}@{{ENDPOINT}}/`,
  });
  const given = await as('user', 'POST', path, { custom_variables: { HOST: 'a', KEY: 'known-to-one' } });
  t.notMatch(given.body, 'known-to-one');
  t.match((await as('user', 'POST', path, {})).json(), { error: /need a value: HOST$/ });
  t.match((await as('user', 'POST', path, { custom_variables: { HOST: 'a', PORT: 1 } })).json(), {
    error: /no variable PORT/,
  });
  t.match((await as('user', 'POST', path, { custom_variables: { HOST: 'a\0' } })).json(), { error: /NUL/ });
});

void t.test('refuses names that look like an id', async (t) => {
  const { as } = await scene(t);
  const said = await as('admin', 'POST', '/api/v1/templates', {
    ...SITE,
    name: templateIdOf('redis'),
    job_files: undefined,
  });
  t.same(
    [said.status, said.json()],
    [
      400,
      {
        error:
          'Invalid input data: name: must not be a UUID: it could be confused with the id of another object',
      },
    ],
  );
});
