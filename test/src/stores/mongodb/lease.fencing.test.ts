import t, { type Test } from 'tap';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { MongoClient } from 'mongodb';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { isMusterError } from '#domain/kernel/errors/index.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { PROJECTIONS } from '#src/process/read-side/folds.js';
import { openSqliteEventStore } from '#src/engine/event-store/index.js';
import { ReadModelEngine } from '#src/engine/read-models/engine.js';
import { openMongoReadModels } from '#src/stores/mongodb/mongo-read-models.js';
import { openMongoStorage } from '#src/stores/mongodb/open.js';
import { FOLDS } from '#src/process/index.js';
import { createMemoryEventStore } from '../../../fixtures/memory-event-store.js';
import { append, contents, expectedContents } from '../../../contract/read-models/fixture.js';
import { FaultyProxy } from '../../../fixtures/faulty-proxy.js';
import { mongodb, mongodbMissing, type MongodbPlace } from '../../../fixtures/ferretdb.js';
import { required } from '../../../fixtures/requirement.js';
import {
  cleared,
  deleted,
  place as at,
  placed,
  started,
  submitted,
  updated,
} from '../../../projections/events.js';
import { catchUp, churn, LATER } from './churn.js';

const missing = mongodbMissing();
if (required(t, missing === undefined, missing ?? '')) declare();

/** A holder's lease is taken only after a silence of five seconds. Standbys look several times in that time, but how often depends on the machine. */
const SILENCE_MS = 4_500;

/** Starts a projector in its own process and waits until it is ready. */
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
  void t.test('ignores late writes of a fenced-off projector', async (t) => {
    const [place, store] = [await mongodb(t), createMemoryEventStore()];
    const proxy = await FaultyProxy.start(t, { host: place.host, port: place.port });
    await append(store, [submitted('j1'), submitted('j2'), placed(at('a', 'j1')), submitted('j3')]);
    // It waits for responses without a limit. It builds the models from scratch, so it knows without reading which documents are missing.
    const paused = (await openMongoStorage({
      url: place.through(proxy, 'connectTimeoutMS=600000&heartbeatFrequencyMS=600000'),
    }))!;
    t.teardown(() => paused.close());
    const stop = new AbortController();
    let caughtUp: () => void = () => undefined;
    const ready = new Promise<void>((resolve) => (caughtUp = resolve));
    const engine = new ReadModelEngine({
      ...FOLDS,
      store,
      storage: paused,
      onProgress: (progress) => progress.caughtUp && caughtUp(),
    });
    const end = engine.run(stop.signal).then(
      () => undefined,
      (error: unknown) => error,
    );
    await ready;
    // Its next write is an insertion, the only kind of write that needs no existing document. The network now holds back what it sends.
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
    await same(t, place, store, 'the models are correct before the late write arrives');
    proxy.heal();
    const problem = await end;
    t.ok(
      isMusterError(problem, 'MUSTER_E_READ_MODEL_CONTESTED'),
      'the fenced-off projector detects the conflict',
    );
    await same(t, place, store, 'the models are correct after the late write has arrived');
    await append(store, churn('j1', 3).slice(1));
    await catchUp(place.url, store);
    await same(t, place, store, 'the late write does not affect later changes');
    const client = new MongoClient(place.url);
    t.teardown(() => client.close());
    const collections = (await client.db().listCollections().toArray()).filter(({ name }) =>
      name.includes('_documents_'),
    );
    t.equal(collections.length, PROJECTIONS.length, 'collections with old names are removed');
  });

  void t.test('a projector changes nothing after a pause longer than its lease', async (t) => {
    const place = await mongodb(t);
    const directory = t.testdir();
    const store = await openSqliteEventStore({ directory });
    t.teardown(() => store.close());
    await append(store, [submitted('j1'), submitted('j2')]);
    const { child, heard } = await startChild(t, directory, place, 'first');
    const busy = append(store, LATER);
    // The child is in the middle of its batches.
    await systemClock.sleep(25);
    child.kill('SIGSTOP');
    await busy;
    let watched = 0;
    const from = performance.now();
    const storage = await openMongoStorage({ url: place.url, onStandby: async () => void (watched += 1) });
    t.ok(
      watched > 0 && performance.now() - from > SILENCE_MS,
      'the lease was not free until its holder had been silent for long',
    );
    const engine = new ReadModelEngine({
      ...FOLDS,
      store,
      storage: storage!,
    });
    await engine.run();
    await append(store, [...churn('j3', 5), deleted('j1')]);
    await engine.run();
    const exit = once(child, 'exit');
    child.kill('SIGCONT');
    await exit;
    t.match(
      heard.at(-1),
      /MUSTER_E_READ_MODEL_(CONTESTED|UNAVAILABLE)|lost/,
      'the paused projector detected that it had lost the lease',
    );
    await same(t, place, store, 'the documents of the second projector are unchanged');
    await append(store, churn('j4', 2));
    await engine.run();
    await storage!.close();
    await same(t, place, store, 'the second projector continues');
  });

  void t.test(
    'passes the lease of a killed projector to its successor at once, and to others later',
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
        const [looks = NaN, waited = NaN] = (heard[0] ?? '').split(' ').slice(1).map(Number);
        t.ok(
          patient ? looks > 0 && waited > SILENCE_MS : looks === 0,
          `${owner}: the lease was taken after ${looks} checks and ${waited} ms`,
        );
        const exit = once(child, 'exit');
        child.kill('SIGKILL');
        await exit;
      }
    },
  );
}
