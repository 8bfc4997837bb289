import t, { type Test } from 'tap';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { MongoClient } from 'mongodb';
import { systemClock } from '#agents/clock/system-clock.js';
import { isMusterError } from '#domain/kernel/errors/index.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { PROJECTIONS } from '#src/server/folds.js';
import { createMemoryEventStore, openSqliteEventStore } from '#src/engine/event-store/index.js';
import { ReadModelEngine } from '#src/engine/read-models/engine.js';
import { openMongoReadModels, openMongoStorage } from '#src/engine/read-models/mongodb/index.js';
import { FOLDS } from '#src/server/index.js';
import { append, contents, expectedContents } from '../../../../contract/read-models/fixture.js';
import { FaultyProxy } from '../../../../fixtures/faulty-proxy.js';
import { mongodb, mongodbMissing, type MongodbPlace } from '../../../../fixtures/ferretdb.js';
import { required } from '../../../../fixtures/requirement.js';
import {
  cleared,
  deleted,
  place as at,
  placed,
  started,
  submitted,
  updated,
} from '../../../../projections/events.js';
import { catchUp, churn, LATER } from './churn.js';

const missing = mongodbMissing();
if (required(t, missing === undefined, missing ?? '')) declare();

/** A projector in a process of its own, as soon as it has said that it is ready. */
async function startChild(
  t: Test,
  directory: string,
  { url }: MongodbPlace,
  owner: string,
): Promise<{ child: ChildProcess; heard: string[] }> {
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('./projector-child.js', import.meta.url)), directory, url, owner],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  t.teardown(() => child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout });
  const heard: string[] = [];
  lines.on('line', (line) => heard.push(line));
  await once(lines, 'line');
  return { child, heard };
}

async function same(t: Test, { url }: MongodbPlace, store: EventStore, name: string): Promise<void> {
  const models = openMongoReadModels({ projections: FOLDS.projections, url, clock: systemClock });
  try {
    t.strictSame(await contents(models), await expectedContents(store), name);
  } finally {
    await models.close();
  }
}

function declare(): void {
  void t.test(
    'what a fenced-off projector has under way lands nowhere, however late it arrives',
    async (t) => {
      const [place, store] = [await mongodb(t), createMemoryEventStore()];
      const proxy = await FaultyProxy.start(t, { host: place.host, port: place.port });
      await append(store, [submitted('j1'), submitted('j2'), placed(at('a', 'j1')), submitted('j3')]);
      // It waits for answers for as long as they take. It fills the models from nothing, so it knows what is not there without asking.
      const paused = (await openMongoStorage({
        url: place.through(proxy, 'connectTimeoutMS=60000&heartbeatFrequencyMS=60000'),
      }))!;
      t.teardown(() => paused.close());
      const stop = new AbortController();
      let caughtUp: () => void = () => undefined;
      const ready = new Promise<void>((resolve) => (caughtUp = resolve));
      const engine = new ReadModelEngine({
        store,
        storage: paused,
        projections: PROJECTIONS,
        onProgress: (progress) => progress.caughtUp && caughtUp(),
      });
      const end = engine.run(stop.signal).then(
        () => undefined,
        (error: unknown) => error,
      );
      await ready;
      // The next that it sends is an insertion, the one kind of write that needs nothing to be there. From now on what it sends is under way for as long as the network likes.
      proxy.strike('blackhole');
      proxy.doom(() => ({ fault: 'blackhole', towards: 'server', afterBytes: 0, delayMs: 0 }));
      await append(store, [
        submitted('late'),
        started(at('a', 'j1')),
        updated('j2'),
        placed(at('b', 'j3')),
        cleared,
        submitted('j1'),
        submitted('j2'),
        placed(at('c', 'j1')),
      ]);
      await catchUp(place.url, store);
      await append(store, [submitted('late'), ...LATER, deleted('late')]);
      await catchUp(place.url, store);
      await same(t, place, store, 'before it arrives');
      proxy.heal();
      const problem = await end;
      t.ok(isMusterError(problem, 'MUSTER_E_READ_MODEL_CONTESTED'), 'it notices');
      await same(t, place, store, 'after it has arrived');
      await append(store, churn('j1', 3).slice(1));
      await catchUp(place.url, store);
      await same(t, place, store, 'and nothing of it is in the way later');
      const client = new MongoClient(place.url);
      t.teardown(() => client.close());
      const collections = (await client.db().listCollections().toArray()).filter(({ name }) =>
        name.includes('_documents_'),
      );
      t.equal(collections.length, PROJECTIONS.length, 'what it wrote under the old names is cleared away');
    },
  );

  void t.test('a projector that was stopped across its lease changes nothing when it goes on', async (t) => {
    const place = await mongodb(t);
    const directory = t.testdir();
    const store = await openSqliteEventStore({ directory });
    t.teardown(() => store.close());
    await append(store, [submitted('j1'), submitted('j2')]);
    const { child, heard } = await startChild(t, directory, place, 'first');
    const busy = append(store, LATER);
    // Somewhere within its batches.
    await systemClock.sleep(25);
    child.kill('SIGSTOP');
    await busy;
    let watched = 0;
    const storage = await openMongoStorage({ url: place.url, onStandby: async () => void (watched += 1) });
    t.ok(watched > 5, 'the lease was not free before its holder had been silent for long');
    const engine = new ReadModelEngine({ store, storage: storage!, projections: PROJECTIONS });
    await engine.run();
    await append(store, [...churn('j3', 5), deleted('j1')]);
    await engine.run();
    const exit = once(child, 'exit');
    child.kill('SIGCONT');
    await exit;
    t.match(heard.at(-1), /MUSTER_E_READ_MODEL_(CONTESTED|UNAVAILABLE)|lost/, 'it noticed');
    await same(t, place, store, 'what the second one wrote stands');
    await append(store, churn('j4', 2));
    await engine.run();
    await storage!.close();
    await same(t, place, store, 'and the second one goes on');
  });

  void t.test(
    'what a killed projector held is taken at once by the one that is started in its place, and by another one later',
    async (t) => {
      const place = await mongodb(t);
      const directory = t.testdir();
      const store = await openSqliteEventStore({ directory });
      t.teardown(() => store.close());
      await append(store, [submitted('j1')]);
      for (const [owner, patient] of [
        ['this', false],
        ['this', false],
        ['another', true],
      ] as const) {
        const { child, heard } = await startChild(t, directory, place, owner);
        const looks = Number(heard[0]?.split(' ')[1]);
        t.ok(patient ? looks > 5 : looks === 0, `${owner}: after ${looks} looks`);
        const exit = once(child, 'exit');
        child.kill('SIGKILL');
        await exit;
      }
    },
  );
}
