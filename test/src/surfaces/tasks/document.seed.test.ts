import t, { type Test } from 'tap';
import type { z } from 'zod';
import { alternativesOf, TASK_SEED_BLOCKS, taskSeedBlocks } from '../../../fixtures/task-seed.js';
import { onlyWithout } from '#src/http/mount.js';
import { openTestApi } from '../../http/support/test-api.js';

interface RouteSchema {
  readonly body?: z.ZodType;
  readonly response?: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: z.ZodType }>> }>
  >;
}

const routes = new Map<string, RouteSchema>();
await openTestApi(t, {}, (app) =>
  app.addHook('onRoute', ({ method, url, schema, constraints }) => {
    // The conda surface has routes on the same paths.
    if (!onlyWithout(constraints, 'authorization'))
      routes.set(`${String(method)} ${url.replace(/:(\w+)/g, '{$1}')}`, (schema ?? {}) as RouteSchema);
  }),
);

const blocks = taskSeedBlocks();
const named = (heading: string, kind: 'request' | 'answer') => {
  const block = blocks.find((each) => each.heading.startsWith(heading) && each.kind === kind);
  if (block === undefined) throw new Error(`the contract has no such block: ${heading}`);
  return block.value;
};

/** Checks that the value is valid and that no field is dropped. */
function fits(t: Test, schema: z.ZodType | undefined, value: unknown): void {
  const parsed = schema?.safeParse(value);
  t.match(parsed, { success: true }, JSON.stringify(value));
  t.match(parsed?.data, value as object);
}

void t.test('finds every example of the contract', async (t) => {
  t.equal(blocks.length, TASK_SEED_BLOCKS);
  t.same(
    blocks.map(({ heading, route, kind }) => `${kind} ${route ?? heading}`),
    [
      'answer 📋 API 概述',
      'request POST /api/tasks',
      'request PUT /api/tasks/{task_id}',
      'answer GET /api/workers',
      'request PUT /api/workers/{worker_id}',
      'request POST /api/workers/{worker_id}/heartbeat',
      'answer GET /api/health',
      'answer GET /api/system/status',
      'request Shell执行器',
      'request HTTP执行器',
      'request Python执行器',
    ],
  );
});

void t.test('declares the envelope in every response schema', async (t) => {
  const fields = Object.keys(named('📋 API 概述', 'answer') as object);
  const answers = [...routes]
    .filter(([route]) => /^[A-Z]+ \/api\/(tasks|workers|health|system|secrets)\b/.test(route))
    .flatMap(([route, { response = {} }]) =>
      Object.entries(response).flatMap(
        ([status, { content }]) =>
          content?.['application/json'] && { route, status, ...content['application/json'] },
      ),
    )
    .filter((answer) => answer !== undefined);
  t.ok(answers.length > 20);
  for (const { route, status, schema } of answers) {
    const { shape } = schema as z.ZodObject;
    t.ok(
      fields.every((field) => Object.hasOwn(shape, field)),
      `${route} ${status}`,
    );
  }
});

void t.test("accepts the contract's examples of tasks with any priority and executor", async (t) => {
  const schema = routes.get('POST /api/tasks')?.body;
  const { executor, ...task } = named('创建任务', 'request') as { executor: string };
  t.same(executor.split('|'), ['shell', 'http', 'python']);
  for (const each of alternativesOf(task))
    for (const made of ['shell', 'python']) fits(t, schema, { executor: made, ...each });
  for (const heading of ['Shell执行器', 'HTTP执行器', 'Python执行器'])
    fits(t, schema, { name: 'task_name', ...(named(heading, 'request') as object) });
});

void t.test("accepts the contract's example of a change with each status", async (t) => {
  for (const each of alternativesOf(named('更新任务', 'request')))
    fits(t, routes.get('PUT /api/tasks/{task_id}')?.body, each);
});

void t.test("accepts the contract's examples of a worker's configuration and heartbeat", async (t) => {
  fits(t, routes.get('PUT /api/workers/{worker_id}')?.body, named('更新Worker配置', 'request'));
  fits(t, routes.get('POST /api/workers/{worker_id}/heartbeat')?.body, named('Worker心跳上报', 'request'));
});

void t.test("accepts the contract's examples of workers, health and status responses", async (t) => {
  const answered = (route: string): z.ZodObject =>
    routes.get(route)?.response?.['200']?.content?.['application/json']?.schema as z.ZodObject;
  // Other blocks omit the envelope's fields.
  const rest = { message: '', timestamp: '2024-01-01T00:00:00Z' };
  const { data, ...told } = named('获取Worker列表', 'answer') as { data: readonly unknown[] };
  const [worker] = data;
  t.equal(data.length, 1);
  // We add `enabled`: whether the worker gets new runs.
  for (const each of alternativesOf(worker))
    fits(t, answered('GET /api/workers'), { ...told, ...rest, data: [{ ...each, enabled: true }] });
  fits(t, answered('GET /api/health'), { ...(named('系统健康检查', 'answer') as object), ...rest });
  fits(t, answered('GET /api/system/status'), { ...(named('系统状态概览', 'answer') as object), ...rest });
});
