import { readFileSync } from 'node:fs';
import t from 'tap';
import { CONFIG, servicesScene, type Person } from './routes/scene.js';
import { nodeUp, placedOn, STORING, volumeOf, volumesSettled } from './routes/volume-scene.js';

const { paths } = JSON.parse(readFileSync('openapi/services.json', 'utf8')) as {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly requestBody?: { readonly required?: boolean } }>>>
  >;
};
const UNKNOWN = '00000000-0000-4000-8000-000000000000';

interface Named {
  readonly method: string;
  readonly path: (id: string) => string;
  readonly body: object | undefined;
}

/** Bodies that routes require before they look up the id. */
const BODIES: Readonly<Record<string, object>> = {
  rollback: { version: 1 },
  role: { role: 'user' },
  rotate: { variable: 'PASSWORD' },
  preview: { config: CONFIG },
  input: { number: 0 },
};

function routesUnder(prefix: string): readonly Named[] {
  return Object.entries(paths).flatMap(([path, operations]) => {
    if (!path.startsWith(`/api/v1/${prefix}/{id}`)) return [];
    return Object.entries(operations).map(([method, { requestBody }]) => ({
      method: method.toUpperCase(),
      path: (id: string) => path.replace('/api/v1', '').replace('{id}', id),
      body: requestBody === undefined ? undefined : (BODIES[path.split('/').at(-1) ?? ''] ?? {}),
    }));
  });
}

void t.test('hides services and volumes of other tenants, and responds 400 to invalid ids', async (t) => {
  const { api, as, service } = await servicesScene(t);
  await api.happened(nodeUp);
  const id = await service('database', STORING);
  await volumesSettled(api);
  await api.happened(placedOn(id));
  const before = (await api.events()).filter(
    ({ type }) => type.startsWith('Service') || type.startsWith('Volume'),
  ).length;
  const cases = [
    ...([
      [
        'services',
        'service',
        id,
        UNKNOWN,
        'Service not found',
        ['no-uuid', `${id}x`, '..%2f', '%00', "'; --"],
      ],
    ] as const),
    ...([
      [
        'volumes',
        'volume',
        volumeOf(id),
        `service.${UNKNOWN}.data`,
        'Volume not found',
        ['-x', 'a b', '%2e%2e%2fx', '%00'],
      ],
    ] as const),
  ];
  for (const [prefix, kind, own, unknown, notFound, wrong] of cases) {
    const routes = routesUnder(prefix);
    t.ok(routes.length >= (prefix === 'services' ? 14 : 2), `${routes.length} routes of ${prefix}`);
    for (const { method, path, body } of routes) {
      const told = async (who: Person, named: string): Promise<readonly [number, unknown]> => {
        const said = await as(who, method, path(named), body);
        return [said.status, said.json()];
      };
      if (path(prefix).endsWith('/rebind')) {
        // Only administrators may use it, so it says the same for every id.
        for (const named of [own, unknown, ...wrong])
          t.match(
            await told('eve', named),
            [403, { error: 'Insufficient permissions' }],
            `${method} ${path(named)}`,
          );
        continue;
      }
      t.same(
        await told('eve', own),
        [404, { error: notFound }],
        `${method} ${path(prefix)} of another tenant`,
      );
      t.same(
        await told('eve', unknown),
        [404, { error: notFound }],
        `${method} ${path(prefix)} of an unknown id`,
      );
      t.same(await told('ann', unknown), [404, { error: notFound }], `${method} ${path(prefix)}`);
      for (const named of wrong)
        t.same(await told('ann', named), [400, { error: `Invalid ${kind} ID` }], `${method} ${path(named)}`);
    }
  }
  t.equal(
    (await api.events()).filter(({ type }) => type.startsWith('Service') || type.startsWith('Volume')).length,
    before,
    'no event was appended',
  );
});

void t.test('responds 400 to invalid ids of templates and accounts, and 404 to unknown ones', async (t) => {
  const { as } = await servicesScene(t);
  for (const [prefix, kind, notFound] of [
    ['templates', 'template', 'Template not found'],
    ['admin/users', 'user', 'User not found'],
  ] as const) {
    const routes = routesUnder(prefix);
    t.ok(routes.length >= 3);
    for (const { method, path, body } of routes) {
      for (const [named, status, error] of [
        ['no-uuid', 400, `Invalid ${kind} ID`],
        [UNKNOWN, 404, notFound],
      ] as const) {
        const said = await as('root', method, path(named), body);
        t.same([said.status, said.json()], [status, { error }], `${method} ${path(named)}`);
      }
      if (prefix === 'admin/users')
        for (const who of ['ann', 'tia'] as const)
          t.equal((await as(who, method, path(UNKNOWN), body)).status, 403);
    }
  }
});
