import { randomUUID } from 'node:crypto';
import t from 'tap';
import { EVENT_CATALOG } from '#test/fixtures/muster-events.js';
import { openSqliteEventStore } from '#src/engine/event-store/index.js';
import { checkClusterState, checkPlanLog, startScheduler } from '#src/fleet/scheduler/index.js';
import { eventually } from '../../../fixtures/eventually.js';
import { Facts, ofType, planLogOf } from './cluster.js';

void t.test(
  "plans on this process's log in a worker thread, and writes a snapshot when stopped",
  async (t) => {
    const directory = t.testdir();
    const store = await openSqliteEventStore({ directory });
    const start = (): ReturnType<typeof startScheduler> =>
      startScheduler({ eventStoreHandle: store.handle(), directory, instance: randomUUID() });
    const one = start();
    const two = start();
    const facts = new Facts(store);
    for (let index = 0; index < 4; index += 1) await facts.node(`n${index}`);
    for (let index = 0; index < 20; index += 1) await facts.job(`j${index}`, 5);
    await eventually(async () => ofType(await planLogOf(store), 'AllocationPlaced').length === 100);
    await eventually(() => one.metrics()?.allocations === 100 && two.metrics()?.allocations === 100);
    await Promise.all([one.stop(), two.stop()]);
    t.strictSame(await checkPlanLog(store), []);
    t.strictSame(await checkClusterState(store, directory, EVENT_CATALOG), []);
    await store.close();
  },
);

void t.test('reports that it is ready as soon as the log is folded', async (t) => {
  const directory = t.testdir();
  const store = await openSqliteEventStore({ directory });
  const facts = new Facts(store);
  for (let index = 0; index < 4; index += 1) await facts.node(`n${index}`);
  // Metrics are reported as soon as the last event is folded, and every second. On a busy machine, a second may pass before that.
  const scheduler = startScheduler({
    eventStoreHandle: store.handle(),
    directory,
    instance: randomUUID(),
    clock: { monotonic: () => 0 },
  });
  await eventually(() => scheduler.metrics()?.caughtUp, { interval: 1 });
  t.match(scheduler.metrics(), { caughtUp: true, nodes: 4 });
  t.equal(scheduler.problem(), undefined);
  await scheduler.stop();
  await store.close();
});

void t.test('reports a fatal error to the main thread', async (t) => {
  const directory = t.testdir();
  const store = await openSqliteEventStore({ directory });
  const scheduler = startScheduler({ eventStoreHandle: store.handle(), directory, instance: randomUUID() });
  await store.append({
    stream: 'node-moon',
    expected: 'no_stream',
    events: [
      {
        id: randomUUID(),
        type: 'MoonRose',
        data: '{}',
        metadata: '{"$correlationId":"","$causationId":"","at":1,"v":1}',
      },
    ],
  });
  t.match((await scheduler.fatal).message, /MUSTER_E_EVENT_UNKNOWN/);
  await scheduler.stop();
  await store.close();
});

void t.test('reports that it is starting, silent or has failed', async (t) => {
  const directory = t.testdir();
  const store = await openSqliteEventStore({ directory });
  let later = 0;
  const scheduler = startScheduler({
    eventStoreHandle: store.handle(),
    directory,
    instance: randomUUID(),
    clock: { monotonic: () => performance.now() + later },
  });
  t.equal(scheduler.problem(), 'starting');
  await eventually(() => scheduler.problem() === undefined);
  later = 60_000;
  t.match(scheduler.problem(), /^no message from its thread for \d+ s$/);
  await eventually(() => scheduler.problem() === undefined, { what: 'the next message from its thread' });
  await store.append({
    stream: 'node-moon',
    expected: 'no_stream',
    events: [
      {
        id: randomUUID(),
        type: 'MoonRose',
        data: '{}',
        metadata: '{"$correlationId":"","$causationId":"","at":1,"v":1}',
      },
    ],
  });
  await scheduler.fatal;
  t.match(scheduler.problem(), /MUSTER_E_EVENT_UNKNOWN/);
  await scheduler.stop();
  await store.close();
});
