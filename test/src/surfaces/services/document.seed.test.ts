import t, { type Test } from 'tap';
import type { z } from 'zod';
import {
  SERVICES_SEED_BLOCKS,
  SERVICES_SEED_ERRORS,
  servicesSeedRoutes,
} from '../../../fixtures/services-seed.js';
import { answerSchema, type Responses } from '../../http/support/answer-schema.js';
import { openTestApi } from '../../http/support/test-api.js';

interface RouteSchema {
  readonly body?: z.ZodType;
  readonly response?: Responses;
}

const schemas = new Map<string, RouteSchema>();
await openTestApi(t, {}, (app) =>
  app.addHook(
    'onRoute',
    ({ method, url, schema }) => void schemas.set(`${String(method)} ${url}`, (schema ?? {}) as RouteSchema),
  ),
);
const routes = servicesSeedRoutes();

/** Checks that the value is valid and that no field is dropped. */
function fits(t: Test, schema: z.ZodType | undefined, value: unknown): void {
  const parsed = schema?.safeParse(value);
  t.match(parsed, { success: true }, JSON.stringify(value));
  t.same(parsed?.data, value);
}

void t.test('finds every route, example and error of the contract', async (t) => {
  t.equal(routes.length, 22);
  t.equal(routes.filter(({ request }) => request !== undefined).length + routes.length, SERVICES_SEED_BLOCKS);
  t.equal(routes.flatMap(({ errors }) => errors).length, SERVICES_SEED_ERRORS);
});

for (const { route, request, status, answer, errors } of routes) {
  void t.test(`${route} accepts and returns the contract's examples`, async (t) => {
    const { body, response } = schemas.get(route) ?? {};
    fits(t, answerSchema(response, status), answer);
    if (request !== undefined) fits(t, body, request);
    for (const error of errors) fits(t, answerSchema(response, error.status), { error: error.said });
  });
}
