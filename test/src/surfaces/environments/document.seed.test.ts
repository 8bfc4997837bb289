import { readFile } from 'node:fs/promises';
import t, { type Test } from 'tap';
import type { z } from 'zod';
import { CONDA_SEED_BLOCKS, condaSeedBlocks, type CondaSeedBlock } from '../../../fixtures/conda-seed.js';
import { onlyWithout } from '#src/http/mount.js';
import { answerSchema, type Responses } from '../../http/support/answer-schema.js';
import { openTestApi } from '../../http/support/test-api.js';

interface RouteSchema {
  readonly body?: z.ZodType;
  readonly response?: Responses;
}

const routes = new Map<string, RouteSchema>();
await openTestApi(t, {}, (app) =>
  app.addHook(
    'onRoute',
    ({ method, url, schema, constraints }) =>
      void routes.set(
        `${String(method)} ${url}${onlyWithout(constraints, 'authorization') ? ' without' : ''}`,
        (schema ?? {}) as RouteSchema,
      ),
  ),
);
const blocks = condaSeedBlocks();
const ACCOUNTS = ['POST /login', 'POST /create_user', 'POST /logout'];

/** Checks that the value is valid and that no field is dropped. */
function fits(t: Test, schema: z.ZodType | undefined, value: unknown): void {
  const parsed = schema?.safeParse(value);
  t.match(parsed, { success: true }, JSON.stringify(value));
  t.same(parsed?.data, value);
}

void t.test('finds every example of the contract', async (t) => {
  t.equal(blocks.length, CONDA_SEED_BLOCKS);
  t.same(
    blocks
      .filter(({ route }) => ACCOUNTS.includes(route))
      .map(({ route, status }) => `${route} ${status ?? 'request'}`),
    [
      'POST /login request',
      'POST /login 200',
      'POST /login 401',
      'POST /create_user request',
      'POST /create_user 201',
      'POST /create_user 400',
      'POST /create_user 403',
      'POST /logout 200',
    ],
  );
});

void t.test("accepts the contract's examples of sessions and accounts", async (t) => {
  // Passwords need at least eight characters here, and the contract's example is shorter.
  const long = (value: unknown): unknown => ({ ...(value as object), password: '密码密码密码密码' });
  for (const { route, status, values } of blocks.filter((block: CondaSeedBlock) =>
    ACCOUNTS.includes(block.route),
  )) {
    const { body, response } = routes.get(route) ?? {};
    for (const value of values) {
      if (status === undefined) fits(t, body, long(value));
      else fits(t, answerSchema(response, status), value);
    }
  }
});

/** Fields that we add to the contract. */
const OURS: Readonly<Record<string, readonly string[]>> = {
  'GET /api/conda/environment/<env_name> 200': ['generation', 'backend', 'created_by_me'],
  'GET /api/conda/stats 200': ['backends'],
};
/** Replaces placeholders in the contract's example by a version or package. */
const PACKAGES = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value).replaceAll('Python版本', '3.9.7').replaceAll('包列表', 'numpy==1.24.3'),
  ) as unknown;

void t.test("accepts the contract's examples of environments", async (t) => {
  const ofEnvironments = blocks.filter(({ route }) => route.includes(' /api/conda/'));
  t.equal(ofEnvironments.length, 28, 'every block about environments is checked');
  for (const { route, status, values } of ofEnvironments) {
    const { body, response } = routes.get(route.replace('<env_name>', ':env_name')) ?? {};
    const schema = status === undefined ? body : answerSchema(response, status);
    t.ok(schema, `${route} ${status ?? 'request'}`);
    const ours = OURS[`${route} ${status}`] ?? [];
    for (const value of values.map(PACKAGES)) {
      const parsed = schema?.safeParse(value);
      // Nothing is missing except fields that we add.
      t.same(
        parsed?.error?.issues.map(({ path }) => path[0]).filter((field) => !ours.includes(String(field))) ??
          [],
        [],
        `${route} ${status}: ${JSON.stringify(value)}`,
      );
      if (parsed?.success === true) t.same(parsed.data, value, 'no field is dropped');
    }
  }
});

/** Removes one of the two timings in the contract's example, which the contract itself refuses. */
const ONE_TIMING = (value: unknown): unknown => {
  const { delay_seconds: _, ...rest } = value as Record<string, unknown>;
  return rest;
};
const OURS_OF_TASKS: readonly string[] = ['skipped', 'generation', 'backend', 'reason', 'message'];
const NAMED: Readonly<Record<string, string>> = { Conda环境名称: '环境名称' };

void t.test("accepts the contract's examples of tasks", async (t) => {
  const ofTasks = blocks.filter(({ route }) => route.includes(' /api/tasks'));
  t.equal(ofTasks.length, CONDA_SEED_BLOCKS - 8 - 28, 'every remaining block is checked');
  for (const { route, status, values } of ofTasks) {
    const { body, response } = routes.get(`${route.replace('<task_id>', ':task_id')} without`) ?? {};
    // A 500 is never sent, because the history always exists.
    if (status === 500) continue;
    const schema = status === undefined ? body : answerSchema(response, status);
    t.ok(schema, `${route} ${status ?? 'request'}`);
    for (const value of values) {
      const words = JSON.stringify(status === undefined ? ONE_TIMING(value) : value);
      const said = Object.entries(NAMED).reduce((text, [from, to]) => text.replaceAll(from, to), words);
      const parsed = schema?.safeParse(JSON.parse(said));
      // Nothing is missing except fields that we add.
      const lacking = parsed?.error?.issues.map(({ path }) => String(path.at(-1))) ?? [];
      t.same(
        lacking.filter((field) => !OURS_OF_TASKS.includes(field)),
        [],
        `${route} ${status ?? 'request'}: ${words}`,
      );
      if (parsed?.success === true && status !== undefined)
        t.same(parsed.data, JSON.parse(said), 'no field is dropped');
    }
  }
});

void t.test('requires a session on every route except the login, and documents its cookie', async (t) => {
  const { paths, components } = JSON.parse(await readFile('openapi/conda.json', 'utf8')) as {
    readonly paths: Readonly<
      Record<
        string,
        Readonly<
          Record<
            string,
            {
              readonly security: readonly object[];
              readonly responses: Readonly<Record<string, { readonly headers?: object }>>;
            }
          >
        >
      >
    >;
    readonly components: { readonly securitySchemes: object };
  };
  t.match(components.securitySchemes, { cookie: { type: 'apiKey', in: 'cookie', name: 'session' } });
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.values(methods).map(({ security, responses }) => ({ path, security, responses })),
  );
  t.ok(operations.length >= 3);
  for (const { path, security, responses } of operations) {
    t.ok(
      Object.entries(responses).some(
        ([status, { headers = {} }]) => status.startsWith('2') && 'Set-Cookie' in headers,
      ),
      `${path} documents that it sets the cookie`,
    );
    t.equal(
      security.some((each) => 'cookie' in each),
      path !== '/login',
      path,
    );
  }
});
