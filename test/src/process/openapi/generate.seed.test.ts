import t from 'tap';
import fastify from 'fastify';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { agentRoutes } from '#src/process/openapi/agent-routes.js';
import { openTestApi } from '../../http/support/test-api.js';
import { seedBlocks } from './seed-blocks.js';

type Content = Readonly<Record<string, { readonly schema: z.ZodType }>>;
interface RouteSchema {
  readonly body?: z.ZodType;
  readonly response?: Readonly<Record<string, { readonly content: Content }>>;
}

/** Schemas of routes, by `METHOD /path/:id`. */
const server = new Map<string, RouteSchema>();
const agent = new Map<string, RouteSchema>();
const collect =
  (routes: Map<string, RouteSchema>) => (route: { method: unknown; url: string; schema?: unknown }) => {
    routes.set(
      `${String(route.method)} ${route.url.replace(/:\w+/g, ':id')}`,
      (route.schema ?? {}) as RouteSchema,
    );
  };

await openTestApi(t, {}, (app) => app.addHook('onRoute', collect(server)));
const documented = fastify();
documented.addHook('onRoute', collect(agent));
documented.setValidatorCompiler(() => () => true);
documented.setSerializerCompiler(() => JSON.stringify);
await documented.register(agentRoutes);

const blocks = seedBlocks(await readFile('test/fixtures/seed/cluster.md', 'utf8'));

void t.test('reads every example of the contract', async (t) => {
  t.equal(
    blocks.filter(({ surface }) => surface === 'server').length +
      blocks.filter(({ surface }) => surface === 'agent').length,
    blocks.length,
  );
  const text = await readFile('test/fixtures/seed/cluster.md', 'utf8');
  t.equal(blocks.length, [...text.matchAll(/```json/g)].length);
  t.equal(new Set(blocks.map(({ surface, route }) => `${surface} ${route}`)).size, 19);
});

for (const [index, { surface, route, kind, value }] of blocks.entries()) {
  void t.test(`example ${index + 1} (${kind} of ${surface}'s ${route}) matches its schema`, async (t) => {
    const schema = (surface === 'server' ? server : agent).get(route);
    if (schema === undefined) {
      t.fail('there is no such route');
      return;
    }
    if (kind === 'error') {
      const statuses = Object.keys(schema.response ?? {}).filter((status) => status !== '200');
      t.ok(statuses.includes('500'));
      for (const status of statuses) fits(t, schema.response?.[status]?.content, value);
    } else if (kind === 'success') fits(t, schema.response?.['200']?.content, value);
    else t.match(schema.body?.safeParse(value), { success: true });
  });
}

/** Checks that the value is valid and that parsing drops no field. */
function fits(t: import('tap').Test, content: Content | undefined, value: unknown): void {
  const schema = content?.['application/json']?.schema;
  const parsed = schema?.safeParse(value);
  t.match(parsed, { success: true });
  t.same(parsed?.data, value);
}
