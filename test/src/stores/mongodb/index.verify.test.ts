import t, { type Test } from 'tap';
import { openModelView } from '#src/stores/model-storage.js';
import { MongoClient, type Collection } from 'mongodb';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import {
  openSqliteEventStore,
  openEventStoreReadOnly,
  type SqliteEventStore,
} from '#src/engine/event-store/index.js';
import {
  startProjector,
  verify,
  type Finding,
  type ModelsPlace,
  type Projector,
} from '#src/engine/read-models/index.js';
import { openMongoReadModels } from '#src/stores/mongodb/mongo-read-models.js';
import { rebuildInMongo } from '#src/stores/mongodb/rebuild.js';
import { COLLECTIONS } from '#src/stores/mongodb/schema.js';
import { FOLDS } from '#src/process/index.js';
import { append, contents, expectedContents } from '../../../contract/read-models/fixture.js';
import { mongodb, mongodbMissing } from '../../../fixtures/ferretdb.js';
import { muster } from '../../../fixtures/program.js';
import { required } from '../../../fixtures/requirement.js';
import {
  place as at,
  placed,
  registered,
  released,
  started,
  submitted,
  updated,
} from '../../../projections/events.js';

const missing = mongodbMissing();
if (required(t, missing === undefined, missing ?? '')) declare();

interface Installation {
  readonly directory: string;
  readonly place: ModelsPlace & { readonly kind: 'mongodb' };
  readonly events: SqliteEventStore;
  readonly projector: Projector;
  /** The collection that a model is read from. */
  collection(model: string): Promise<Collection<{ _id: string; j: string; x_node: string }>>;
}

async function installation(t: Test): Promise<Installation> {
  const directory = t.testdir();
  const { url } = await mongodb(t);
  const place = { kind: 'mongodb', url } as const;
  const events = await openSqliteEventStore({ directory });
  await append(events, [
    registered('n1'),
    ...Array.from({ length: 20 }, (_, n) => [
      submitted(`j${n}`),
      placed(at(`a${n}`, `j${n}`)),
      started(at(`a${n}`, `j${n}`)),
    ]).flat(),
  ]);
  const projector = startProjector({
    entry: FOLDS.projector,
    eventStoreHandle: events.handle(),
    directory,
    place,
  });
  const client = new MongoClient(url);
  t.teardown(async () => {
    await projector.close();
    await client.close();
    await events.close();
  });
  await projector.ready;
  const collection: Installation['collection'] = async (model) => {
    const { name } = (await client.db().listCollections().toArray()).find((each) =>
      each.name.includes(`${COLLECTIONS.documents}${model}_`),
    )!;
    return client.db().collection(name);
  };
  return { directory, place, events, projector, collection };
}

const inShort = (findings: readonly Finding[]): unknown[] =>
  findings.map(({ subject, id, problem, path }) => [subject, id, problem, path]);

function declare(): void {
  void t.test('verifies models in MongoDB and finds planted differences', async (t) => {
    const { directory, place, events, collection } = await installation(t);
    const sound = await verify({
      ...FOLDS,
      eventStore: events,
      directory,
      openView: () => openModelView(place),
    });
    t.match(sound, { holds: true, findings: [], parked: [] });
    t.match(
      sound.models.find((each) => each.model === 'jobs'),
      { documents: 20, findings: 0 },
    );
    const jobs = await collection('jobs');
    const { j } = (await jobs.findOne({ _id: 'j7' }))!;
    await jobs.updateOne({ _id: 'j7' }, { $set: { j: j.replace('"running"', '"complete"') } });
    await jobs.deleteOne({ _id: 'j8' });
    await (await collection('allocations')).updateOne({ _id: 'a4' }, { $set: { x_node: 'elsewhere' } });
    const { holds, findings } = await verify({
      ...FOLDS,
      eventStore: events,
      directory,
      openView: () => openModelView(place),
    });
    t.notOk(holds);
    t.strictSame(inShort(findings), [
      ['jobs', 'j7', 'changed', '/status'],
      ['jobs', 'j8', 'missing', ''],
      ['allocations', 'a4', 'is indexed incorrectly', undefined],
    ]);
  });

  void t.test('verifies while a projector is running, without a snapshot', async (t) => {
    const { directory, place, events } = await installation(t);
    let going = true;
    const writing = (async () => {
      for (let n = 0; n < 60; n += 1) {
        await append(events, [
          submitted(`w${n}`),
          placed(at(`b${n}`, `w${n}`)),
          updated('j1'),
          released(at(`a${n % 20}`, `j${n % 20}`), 'failed'),
          placed(at(`c${n}`, 'j2', 0)),
        ]);
      }
      going = false;
    })();
    const readOnly = openEventStoreReadOnly(directory);
    t.teardown(() => readOnly.close());
    while (going)
      t.strictSame(
        (
          await verify({
            ...FOLDS,
            eventStore: readOnly,
            directory,
            openView: () => openModelView(place),
          })
        ).findings,
        [],
      );
    await writing;
  });

  void t.test('rebuilds a model in the active projector, or in the caller if there is none', async (t) => {
    const { directory, place, events, projector, collection } = await installation(t);
    const damage = async (): Promise<void> =>
      void (await (
        await collection('jobs')
      ).updateOne({ _id: 'j7' }, { $set: { j: '{"jobId":"j7","status":"spoiled"}' } }));
    const models = openMongoReadModels({
      projections: FOLDS.projections,
      url: place.url,
      clock: systemClock,
    });
    t.teardown(() => models.close());
    await damage();
    t.ok(
      await rebuildInMongo({
        ...FOLDS,
        url: place.url,
        eventStore: events,
        model: 'jobs',
        clock: systemClock,
      }),
    );
    t.strictSame(
      await contents(models),
      await expectedContents(events),
      'the projector has rebuilt the model',
    );
    await projector.close();
    await damage();
    const { code, stdout, stderr } = await muster(['rebuild', 'jobs', '--data-dir', directory], {
      MUSTER_MONGODB_URL: place.url,
    });
    t.match({ code, stdout }, { code: 0, stdout: 'jobs was rebuilt' }, stderr);
    t.strictSame(
      await contents(models),
      await expectedContents(events),
      'the command itself has rebuilt the model',
    );
    const verified = await muster(['verify', '--data-dir', directory, '--mongodb', place.url]);
    t.match(
      verified.stdout,
      /jobs +20 +61 +0\n/,
      'the models hold, although no scheduler would write this log',
    );
  });
}
