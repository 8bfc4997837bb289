import fastify from 'fastify';
import t from 'tap';
import { inSpan, tracedEventStore, tracedExecutor, traceRequests } from '#src/engine/tracing/index.js';
import { createMemoryEventStore } from '../../../fixtures/memory-event-store.js';
import type { CommandExecutor } from '#domain/kernel/ports/command-executor.js';

void t.test('adds no wrappers and no hooks without a provider', async (t) => {
  const store = createMemoryEventStore();
  const executor = {} as CommandExecutor;
  t.equal(tracedEventStore(store), store);
  t.equal(tracedExecutor(executor), executor);
  const app = fastify();
  let hooks = 0;
  const { addHook } = app;
  app.addHook = function (this: typeof app, ...args: unknown[]) {
    hooks += 1;
    return Reflect.apply(addHook, this, args) as typeof app;
  } as typeof addHook;
  traceRequests(app);
  t.equal(hooks, 0);
  await store.close();
});

void t.test('computes no attributes without a provider', async (t) => {
  const made = (): never => t.fail('attributes were computed') as never;
  t.equal(await inSpan('x', made, async (span) => (span === undefined ? 'done' : 'traced')), 'done');
  await t.rejects(
    inSpan('x', made, async () => await Promise.reject(new Error('as it was'))),
    { message: 'as it was' },
  );
});
