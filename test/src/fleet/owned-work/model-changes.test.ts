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

/** A real log, and models at a position that the test chooses; `moved` counts notifications. */
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

void t.test('reports events of its types once the models have folded them', async (t) => {
  const { clock, models, told, append } = await scene(t);
  const position = await append('Wanted');
  await eventually(() => clock.sleeping > 0, { what: 'a wait for the models' });
  await clock.advance(5 * PATIENCE_MS);
  t.equal(told.moved, 0, 'nothing is reported before the models have caught up');
  models.reached(position, 'any');
  await eventually(() => told.moved > 0);
  t.equal(told.moved, 1);
});

void t.test('ignores events of other types', async (t) => {
  const { models, told, append } = await scene(t);
  for (let n = 0; n < 20; n += 1) models.reached(await append('Another'), 'any');
  models.reached(await append('Wanted'), 'any');
  await eventually(() => told.moved > 0);
  t.equal(told.moved, 1, 'only the event that was appended last is reported');
});

void t.test('resumes a broken subscription and checks for missed events', async (t) => {
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
  const second = await append('Wanted'); // Appended without a listener.
  await eventually(() => clock.sleeping > 0, { what: 'the pause before the new subscription' });
  await clock.advance(PATIENCE_MS);
  await eventually(() => asked.length === 2);
  t.same(asked, ['end', first]);
  t.equal(told.moved, 2, 'a change is reported, because events may have been missed');
  models.reached(second, 'any');
  await eventually(() => told.moved === 3);
});

void t.test('ends when aborted, even while it waits for the models', async (t) => {
  const { clock, told, append, end } = await scene(t);
  await append('Wanted');
  await eventually(() => clock.sleeping > 0, { what: 'a wait for the models' });
  await end();
  t.ok(told.moved <= 2, 'nothing more is reported');
});

void t.test("reports each progress of this process's projector", async (t) => {
  const models = new PositionWaiters(new TestClock());
  const stop = new AbortController();
  const moved: ChangedModels[] = [];
  const running = changesOf(models)((changed) => moved.push(changed), stop.signal);
  const [nothing, jobs] = [new Set<string>(), new Set(['jobs'])];
  models.reached(3n, jobs);
  models.reached(3n, nothing);
  t.strictSame(moved.splice(0), [jobs], 'the same position without changed models is not reported');
  models.reached(4n, nothing);
  models.reached(4n, jobs);
  models.reached(4n, 'any');
  t.strictSame(
    moved.splice(0),
    [nothing, jobs, 'any'],
    'changed models are reported even at the same position',
  );
  stop.abort();
  await running;
  models.reached(10n, 'any');
  t.strictSame(moved, []);
});

void t.test('removes its listener when it ends', async (t) => {
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
