import fastify from 'fastify';
import t from 'tap';
import type { AgentChannel } from '#domain/protocol/agent-channel.js';
import type { CommandExecutor } from '#src/engine/commands/executor.js';
import { createMemoryEventStore } from '#src/engine/event-store/index.js';
import {
  inSpan,
  tracedAgentChannel,
  tracedEventStore,
  tracedExecutor,
  traceRequests,
} from '#src/engine/tracing/index.js';

void t.test('without a provider nothing stands between the parts', async (t) => {
  const store = createMemoryEventStore();
  const executor = {} as CommandExecutor;
  const channel = {} as AgentChannel;
  t.equal(tracedEventStore(store), store);
  t.equal(tracedExecutor(executor), executor);
  t.equal(tracedAgentChannel(channel), channel);
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

void t.test('without a provider work is only done, and its attributes are not even made', async (t) => {
  const made = (): never => t.fail('attributes were made') as never;
  t.equal(await inSpan('x', made, async (span) => (span === undefined ? 'done' : 'traced')), 'done');
  await t.rejects(
    inSpan('x', made, async () => await Promise.reject(new Error('as it was'))),
    { message: 'as it was' },
  );
});
