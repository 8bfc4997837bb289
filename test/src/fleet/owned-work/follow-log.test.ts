import { randomUUID } from 'node:crypto';
import t, { type Test } from 'tap';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { openSqliteEventStore } from '#src/engine/event-store/index.js';
import { PositionWaiters } from '#src/engine/read-models/position-waiters.js';
import { followLog } from '#src/fleet/owned-work/index.js';
import { eventually } from '../../../fixtures/eventually.js';
import { TestClock } from '../../../fixtures/test-clock.js';

const PATIENCE_MS = 1000;

/** A real log, and models at a position that the test chooses; `waited` lists the positions that were waited for. */
async function scene(
  t: Test,
  subscribe: (store: EventStore) => EventStore['subscribe'] = (store) => (options) =>
    store.subscribe(options),
) {
  const store = await openSqliteEventStore({ directory: t.testdir() });
  const clock = new TestClock();
  const models = new PositionWaiters(clock);
  const stop = new AbortController();
  const waited: bigint[] = [];
  const running = followLog(
    {
      store: { subscribe: subscribe(store), head: () => store.head() },
      readModels: {
        waitFor: async (position, timeoutMs) => {
          if (waited.at(-1) !== position) waited.push(position);
          return await models.waitFor(position, timeoutMs);
        },
      },
      types: ['Wanted'],
      clock,
    },
    stop.signal,
  );
  const end = async (): Promise<void> => {
    stop.abort();
    models.close();
    await running;
  };
  t.teardown(async () => {
    await end();
    await store.close();
  });
  let revision = -1;
  const append = async (type: string): Promise<bigint> => {
    const events = [{ id: randomUUID(), type, data: '{}', metadata: '{}' }];
    const { position } = await store.append({
      stream: 'job-1',
      expected: revision < 0 ? 'no_stream' : revision,
      events,
    });
    revision += 1;
    return position;
  };
  models.reached(-1n, 'any');
  await eventually(() => waited.length > 0, { what: 'the wait for what the log holds at first' });
  return { clock, models, waited, append, end };
}

void t.test('waits for the models after each event of its types, until they have folded it', async (t) => {
  const { clock, models, waited, append } = await scene(t);
  const position = await append('Wanted');
  await eventually(async () => {
    await clock.advance(PATIENCE_MS);
    return waited.includes(position);
  });
  await clock.advance(5 * PATIENCE_MS);
  const next = await append('Wanted');
  await clock.advance(PATIENCE_MS);
  t.notOk(waited.includes(next), 'it still waits for the first');
  models.reached(position, 'any');
  await eventually(async () => {
    await clock.advance(PATIENCE_MS);
    return waited.includes(next);
  });
});

void t.test('ignores events of other types', async (t) => {
  const { clock, models, waited, append } = await scene(t);
  for (let n = 0; n < 20; n += 1) models.reached(await append('Another'), 'any');
  const position = await append('Wanted');
  models.reached(position, 'any');
  await eventually(async () => {
    await clock.advance(PATIENCE_MS);
    return waited.includes(position);
  });
  t.same(waited, [-1n, position]);
});

void t.test('resumes a broken subscription after the last event, so that none is missed', async (t) => {
  const asked: unknown[] = [];
  const { clock, models, waited, append } = await scene(
    t,
    (store) =>
      async function* (options) {
        asked.push(options?.after);
        for await (const message of store.subscribe(options)) {
          yield message;
          if (asked.length === 1 && message.kind === 'events') throw new Error('the connection was lost');
        }
      },
  );
  const first = await append('Wanted');
  models.reached(first, 'any');
  await eventually(async () => {
    await clock.advance(PATIENCE_MS);
    return waited.includes(first);
  });
  const second = await append('Wanted'); // Appended without a listener.
  models.reached(second, 'any');
  await eventually(async () => {
    await clock.advance(PATIENCE_MS);
    return waited.includes(second);
  });
  t.same(asked, [undefined, first]);
});

void t.test('ends when aborted, even while it waits for the models', async (t) => {
  const { clock, waited, append, end } = await scene(t);
  const position = await append('Wanted');
  await eventually(async () => {
    await clock.advance(PATIENCE_MS);
    return waited.includes(position);
  });
  await end();
  t.pass('it has ended');
});
