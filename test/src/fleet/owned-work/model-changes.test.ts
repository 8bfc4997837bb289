import { randomUUID } from 'node:crypto';
import t, { type Test } from 'tap';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { openSqliteEventStore } from '#src/engine/event-store/index.js';
import type { ChangedModels } from '#src/engine/read-models/index.js';
import { PositionWaiters } from '#src/engine/read-models/position-waiters.js';
import { changesOf, changesOfLog } from '#src/fleet/owned-work/index.js';
import { eventually } from '../../../fixtures/eventually.js';
import { TestClock } from '../../../fixtures/test-clock.js';

const PATIENCE_MS = 1000;

/** A real log, and models of which the test says how far they are; `moved` counts what was told. */
async function scene(
  t: Test,
  subscribe: (store: EventStore) => EventStore['subscribe'] = (store) => (options) =>
    store.subscribe(options),
) {
  const store = await openSqliteEventStore({ directory: t.testdir() });
  const clock = new TestClock();
  const models = new PositionWaiters(clock);
  const stop = new AbortController();
  const told = { moved: 0 };
  const running = changesOfLog({
    store: { subscribe: subscribe(store) },
    readModels: models,
    types: ['Wanted'],
    clock,
  })(() => (told.moved += 1), stop.signal);
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
  return { clock, models, told, append, end };
}

void t.test('an event of these types moves the work, once the models have folded it', async (t) => {
  const { clock, models, told, append } = await scene(t);
  const position = await append('Wanted');
  await eventually(() => clock.sleeping > 0, { what: 'a wait for the models' });
  await clock.advance(5 * PATIENCE_MS);
  t.equal(told.moved, 0, 'the models are not there yet, however long it takes');
  models.reached(position, 'any');
  await eventually(() => told.moved > 0);
  t.equal(told.moved, 1);
});

void t.test('an event of any other type moves nothing', async (t) => {
  const { models, told, append } = await scene(t);
  for (let n = 0; n < 20; n += 1) models.reached(await append('Another'), 'any');
  models.reached(await append('Wanted'), 'any');
  await eventually(() => told.moved > 0);
  t.equal(told.moved, 1, 'the one that was appended last');
});

void t.test(
  'a subscription that breaks off is begun again where it was, and what was missed is looked for',
  async (t) => {
    const asked: unknown[] = [];
    const { clock, models, told, append } = await scene(
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
    await eventually(() => told.moved === 1);
    const second = await append('Wanted'); // while nobody listens
    await eventually(() => clock.sleeping > 0, { what: 'a pause before it is begun again' });
    await clock.advance(PATIENCE_MS);
    await eventually(() => asked.length === 2);
    t.same(asked, ['end', first]);
    t.equal(told.moved, 2, 'something may have been missed');
    models.reached(second, 'any');
    await eventually(() => told.moved === 3);
  },
);

void t.test('it ends when it is told to, also while the models are waited for', async (t) => {
  const { clock, told, append, end } = await scene(t);
  await append('Wanted');
  await eventually(() => clock.sleeping > 0, { what: 'a wait for the models' });
  await end();
  t.ok(told.moved <= 2, 'and tells no more');
});

void t.test(
  'a projector of this process moves the work each time that it has got further, until the end',
  async (t) => {
    const models = new PositionWaiters(new TestClock());
    const stop = new AbortController();
    const moved: ChangedModels[] = [];
    const running = changesOf(models)((changed) => moved.push(changed), stop.signal);
    const [nothing, jobs] = [new Set<string>(), new Set(['jobs'])];
    models.reached(3n, jobs);
    models.reached(3n, nothing);
    t.strictSame(moved.splice(0), [jobs], 'where it stands already is no move');
    models.reached(4n, nothing);
    models.reached(4n, jobs);
    models.reached(4n, 'any');
    t.strictSame(moved.splice(0), [nothing, jobs, 'any'], 'but a change is, wherever it stands');
    stop.abort();
    await running;
    models.reached(10n, 'any');
    t.strictSame(moved, []);
  },
);

void t.test('one who listens is all that moves leave behind, and nobody is left at the end', async (t) => {
  const models = new PositionWaiters(new TestClock());
  const heard = { began: 0, ended: 0 };
  const onMoved: typeof models.onMoved = (listener) => {
    heard.began += 1;
    const leave = models.onMoved(listener);
    return () => {
      heard.ended += 1;
      leave();
    };
  };
  const stop = new AbortController();
  const running = changesOf({ onMoved })(() => undefined, stop.signal);
  for (let position = 0n; position < 100n; position += 1n) models.reached(position, 'any');
  t.same(heard, { began: 1, ended: 0 });
  stop.abort();
  await running;
  t.same(heard, { began: 1, ended: 1 });
});
