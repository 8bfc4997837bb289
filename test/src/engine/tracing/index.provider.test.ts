import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import fastify from 'fastify';
import t from 'tap';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { Aggregate } from '#domain/kernel/event/index.js';
import type { CommandExecutor, Executed } from '#domain/kernel/ports/command-executor.js';
import type { MusterEvent } from '#test/fixtures/muster-events.js';
import { inSpan, tracedEventStore, tracedExecutor, traceRequests } from '#src/engine/tracing/index.js';
import { createMemoryEventStore } from '../../../fixtures/memory-event-store.js';
import { ownFolder } from '../../../fixtures/folder.js';
import type { WrittenSpan } from '../../../fixtures/span-file.js';
import { commandContext } from '../../../fixtures/command-context.js';

const file = join(ownFolder(t), 'spans.ndjson');
process.env['MUSTER_TEST_SPANS'] = file;
await import('../../../fixtures/span-file.js');

/** Returns the spans that ended since the last call, in order of their ends. */
function spans(): WrittenSpan[] {
  if (!existsSync(file)) return [];
  const text = readFileSync(file, 'utf8');
  rmSync(file);
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as WrittenSpan);
}

const context = commandContext({
  commandId: 'command',
  correlationId: 'correlation',
  causationId: 'causation',
  actor: 'user:1',
  surface: 'cluster',
});

void t.test('makes a span a child of the active one', async (t) => {
  const done = await inSpan(
    'outer',
    () => ({ a: 1 }),
    async () =>
      await inSpan(
        'inner',
        () => ({}),
        async () => 'done',
      ),
  );
  t.equal(done, 'done');
  const [inner, outer] = spans();
  t.match(outer, { name: 'outer', parentId: undefined, attributes: { a: 1 }, status: undefined });
  t.match(inner, { name: 'inner', parentId: outer?.spanId, traceId: outer?.traceId });
});

void t.test(
  'marks a span as failed for an unexpected error, and records only the code of a refusal',
  async (t) => {
    const failing = async (error: unknown): Promise<WrittenSpan | undefined> => {
      await t.rejects(
        inSpan(
          'x',
          () => ({}),
          () => Promise.reject(error as Error),
        ),
      );
      return spans()[0];
    };
    t.match(await failing(new Error('a defect')), {
      attributes: {},
      status: { code: 2, message: 'a defect' },
    });
    t.match(await failing('not even an error'), { status: { code: 2, message: 'not even an error' } });
    t.match(await failing(new MusterError('MUSTER_E_STORE_UNAVAILABLE', { problem: 'away' })), {
      attributes: { 'error.type': 'MUSTER_E_STORE_UNAVAILABLE' },
      status: { code: 2 },
    });
    t.match(await failing(new MusterError('MUSTER_E_JOB_NOT_FOUND', { jobId: 'j' })), {
      attributes: { 'error.type': 'MUSTER_E_JOB_NOT_FOUND' },
      status: undefined,
    });
  },
);

void t.test('adds a span with the position for each append', async (t) => {
  const store = tracedEventStore(createMemoryEventStore());
  const events = [{ id: '00000000-0000-4000-8000-000000000001', type: 'A', data: '{}', metadata: '{}' }];
  const { position } = await store.append({ stream: 'job-a', expected: 'no_stream', events });
  t.match(spans(), [
    {
      name: 'append job',
      attributes: {
        'muster.stream': 'job-a',
        'muster.expected_revision': 'no_stream',
        'muster.events': 1,
        'muster.revision': 0,
        'muster.position': String(position),
      },
    },
  ]);
  for await (const page of store.readAll()) t.equal(page.length, 1);
  t.strictSame(spans(), [], 'reads add no span');
});

void t.test('adds a span for a command and one for its decision', async (t) => {
  const aggregate = {
    category: 'job',
    stream: (id: string) => `job-${id}`,
    decider: {
      initialState: 0,
      decide: (command: string) => {
        if (command === 'refuse') throw new MusterError('MUSTER_E_JOB_NOT_FOUND', { jobId: 'j' });
        return [{ type: 'JobStopped' }, { type: 'JobDeleted' }];
      },
      evolve: (state: number) => state,
    },
  } as unknown as Aggregate<string, MusterEvent, number>;
  let position: bigint | undefined = 7n;
  const executor = {
    load: async () => 5,
    execute: async (of: typeof aggregate, _id: string, command: string) => {
      of.decider.decide(command, 0);
      return { state: 0, events: [], position, repeated: false } as unknown as Executed<MusterEvent, number>;
    },
  } as unknown as CommandExecutor;
  const traced = tracedExecutor(executor);
  t.equal(await traced.load(aggregate, 'a'), 5);
  t.strictSame(spans(), []);
  t.match(await traced.execute(aggregate, 'a', 'stop', context), { position: 7n });
  const [decided, command] = spans();
  t.match(decided, {
    name: 'decide job',
    parentId: command?.spanId,
    attributes: { 'muster.event_types': ['JobStopped', 'JobDeleted'] },
    status: undefined,
  });
  t.strictSame(command?.attributes, {
    'muster.stream': 'job-a',
    'muster.correlation_id': 'correlation',
    'muster.causation_id': 'causation',
    'muster.command_id': 'command',
    'muster.actor': 'user:1',
    'muster.surface': 'cluster',
    'muster.events': 0,
    'muster.repeated': false,
    'muster.position': '7',
  });
  position = undefined;
  await traced.execute(aggregate, 'a', 'stop', context);
  t.notOk('muster.position' in (spans()[1]?.attributes ?? {}), 'a stream without events has no position');
  await t.rejects(traced.execute(aggregate, 'a', 'refuse', context), { code: 'MUSTER_E_JOB_NOT_FOUND' });
  for (const span of spans())
    t.match(span, { attributes: { 'error.type': 'MUSTER_E_JOB_NOT_FOUND' }, status: undefined }, span.name);
});

void t.test('adds a span around the handling of a request, as a child of its traceparent', async (t) => {
  const app = fastify();
  t.teardown(() => app.close());
  traceRequests(app);
  app.post('/jobs/:id', async (request) => {
    await inSpan(
      'inside',
      () => ({}),
      async () => undefined,
    );
    if ((request.body as { fail?: boolean } | null)?.fail === true) throw new Error('a defect');
    return {};
  });
  const [trace, caller] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'];
  await app.inject({
    method: 'POST',
    url: '/jobs/1',
    payload: {},
    headers: { traceparent: `00-${trace}-${caller}-01` },
  });
  const [inside, request] = spans();
  t.match(request, {
    name: 'POST /jobs/:id',
    traceId: trace,
    parentId: caller,
    attributes: {
      'http.request.method': 'POST',
      'http.route': '/jobs/:id',
      'http.response.status_code': 200,
      'muster.correlation_id': /./,
    },
    status: undefined,
  });
  t.match(inside, { name: 'inside', parentId: request?.spanId, traceId: trace });
  await app.inject({ method: 'POST', url: '/jobs/1', payload: { fail: true } });
  t.match(spans()[1], {
    parentId: undefined,
    attributes: { 'http.response.status_code': 500 },
    status: { code: 2 },
  });
  await app.inject({ method: 'GET', url: '/nowhere' });
  const [lost] = spans();
  t.match(lost, { name: 'GET', attributes: { 'http.response.status_code': 404 }, status: undefined });
  t.notOk('http.route' in (lost?.attributes ?? {}));
});
