import { randomUUID } from 'node:crypto';
import type { Test } from 'tap';
import { STREAMS } from '#domain/all-events.js';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { catalog } from '#domain/kernel/catalog/index.js';
import type { MusterEvent } from '#test/fixtures/muster-events.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import type { Projection } from '#domain/kernel/projection.js';
import type { CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import { openCommandExecutor } from '#src/engine/commands/command-executor.js';
import { openSqliteEventStore } from '#src/engine/event-store/index.js';
import { WorkLoop, type AnyOwnedWork } from '#src/fleet/owned-work/index.js';
import { PositionWaiters } from '#src/engine/read-models/position-waiters.js';
import { openSqliteStorage } from '#src/engine/read-models/sqlite/open-storage.js';
import type { FilledBy } from '#src/engine/read-models/position-source.js';
import { openReadModels } from '#src/engine/read-models/index.js';
import { append, runEngine } from '../../../contract/read-models/fixture.js';

/**
 * The embedded store, and `model`, the read model of the work, which is projected in this process. Each `loop` is that of another server.
 */
export async function openScene(t: Test, work: AnyOwnedWork, model: Projection, clock: Clock) {
  const directory = t.testdir();
  const projections = [model];
  const store = await openSqliteEventStore({ directory });
  const storage = openSqliteStorage(directory);
  const waiters = new PositionWaiters(systemClock);
  runEngine(t, {
    catalog: catalog([...STREAMS, work.aggregate]),
    mentionedBy: () => [],
    store,
    storage,
    projections,
    onProgress: ({ position }, changed) => waiters.reached(position, changed),
  });
  const projector: FilledBy = {
    get position() {
      return waiters.position;
    },
    fills: true,
    waitFor: (position, timeoutMs) => waiters.waitFor(position, timeoutMs),
    onMoved: (listener) => waiters.onMoved(listener),
    damaged: () => undefined,
    onReplaced: () => undefined,
  };
  const models = openReadModels({ directory, clock: systemClock, projector, projections });
  t.teardown(async () => {
    waiters.close();
    await models.close();
    await store.close();
  });

  const executor = async (): Promise<CommandExecutor> => {
    const opened = await openCommandExecutor({ store, clock, writer: randomUUID() });
    t.teardown(() => opened.close());
    return opened;
  };
  const events = async (...types: readonly string[]): Promise<RecordedEvent[]> => {
    const found: RecordedEvent[] = [];
    for await (const page of store.readAll({ filter: { types } })) found.push(...page);
    return found;
  };
  return {
    store,
    models,
    executor,
    events,
    /** One server's loop, by default with its own executor. `dies`: it is never stopped, as if it were killed. */
    loop: async (
      given: {
        readonly executor?: CommandExecutor;
        readonly readModels?: ReadModels;
        readonly dies?: boolean;
      } = {},
    ): Promise<WorkLoop> => {
      const loop = new WorkLoop(work, {
        executor: given.executor ?? (await executor()),
        eventStore: store,
        readModels: given.readModels ?? models,
        changes: projector,
        clock,
        ids: { uuid: randomUUID },
        logger: { info: () => undefined, warn: () => undefined },
      });
      if (given.dies !== true) t.teardown(() => loop.stop());
      return loop;
    },
    /** Appends events of other writers, and waits until reads show them. */
    happened: async (...others: readonly MusterEvent[]): Promise<void> => {
      const position = await append(store, others);
      if (!(await models.waitFor(position, 60_000))) throw new Error('the read models did not get there');
    },
    /** Waits until reads show the whole log. */
    shown: async (): Promise<void> => {
      if (!(await models.waitFor((await store.head()) ?? -1n, 60_000)))
        throw new Error('the read models did not get there');
    },
    documents: async <Document>(): Promise<Document[]> => {
      const found: Document[] = [];
      for await (const page of models.list(model.name))
        found.push(...page.map(({ json }) => JSON.parse(json) as Document));
      return found;
    },
  };
}
