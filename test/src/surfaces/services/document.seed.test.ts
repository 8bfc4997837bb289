import t, { type Test } from 'tap';
import type { z } from 'zod';
import {
  SERVICES_SEED_BLOCKS,
  SERVICES_SEED_ERRORS,
  servicesSeedRoutes,
} from '../../../fixtures/services-seed.js';
import { openTestApi } from '../kit/support/test-api.js';

interface RouteSchema {
  readonly body?: z.ZodType;
  readonly response?: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: z.ZodType }>> }>
  >;
}

const schemas = new Map<string, RouteSchema>();
await openTestApi(t, {}, (app) =>
  app.addHook(
    'onRoute',
    ({ method, url, schema }) => void schemas.set(`${String(method)} ${url}`, (schema ?? {}) as RouteSchema),
  ),
);
const routes = servicesSeedRoutes();

/** Valid, and no field is dropped. */
function fits(t: Test, schema: z.ZodType | undefined, value: unknown): void {
  const parsed = schema?.safeParse(value);
  t.match(parsed, { success: true }, JSON.stringify(value));
  t.same(parsed?.data, value);
}

void t.test('the contract is read whole', async (t) => {
  t.equal(routes.length, 22);
  t.equal(routes.filter(({ request }) => request !== undefined).length + routes.length, SERVICES_SEED_BLOCKS);
  t.equal(routes.flatMap(({ errors }) => errors).length, SERVICES_SEED_ERRORS);
});

for (const { route, request, status, answer, errors } of routes) {
  void t.test(`${route} takes and answers what the contract says`, async (t) => {
    const { body, response = {} } = schemas.get(route) ?? {};
    fits(t, response[status]?.content?.['application/json']?.schema, answer);
    if (request !== undefined) fits(t, body, request);
    for (const error of errors)
      fits(t, response[error.status]?.content?.['application/json']?.schema, { error: error.said });
  });
}
