import { MongoClient } from 'mongodb';
import t, { type Test } from 'tap';
import { HeadDocument, HeldHead } from '#src/stores/mongodb/head.js';
import { COLLECTIONS, type Fence } from '#src/stores/mongodb/schema.js';
import { FaultyProxy } from '../../../fixtures/faulty-proxy.js';
import { mongodb, mongodbMissing } from '../../../fixtures/ferretdb.js';
import { required } from '../../../fixtures/requirement.js';
import { stored } from './heads.js';

const missing = mongodbMissing();
if (required(t, missing === undefined, missing ?? '')) declare();

const FENCE: Fence = { token: 1n, holder: 'h' };
const CONTESTED = { code: 'MUSTER_E_READ_MODEL_CONTESTED' };

async function scene(t: Test) {
  const place = await mongodb(t);
  const client = new MongoClient(place.url, { useBigInt64: true });
  t.teardown(() => client.close());
  const db = client.db();
  const document = new HeadDocument({ db });
  await document.make(FENCE);
  return { place, db, document, held: new HeldHead(document, FENCE) };
}

function declare(): void {
  void t.test('reads what was written, to the last bit', async (t) => {
    const { document, held } = await scene(t);
    const generation = {
      ...stored('5'),
      indexes: ['position', '7[]'],
      uuid: '07',
      storeId: '12',
      position: 2n ** 62n + 1n,
      eventId: '9',
      changed: 2n ** 53n + 1n,
    };
    await held.change(() => ({ next: 2, generations: { g1: generation } }));
    const read = await document.read();
    t.strictSame(read, { ...FENCE, settled: 0n, beat: 1n, next: 2, generations: { g1: generation } });
    t.strictSame(await held.current(), read, 'the holder knows it without reading');
  });

  void t.test('has no generations if its text is damaged', async (t) => {
    const { db, document } = await scene(t);
    for (const generations of ['', '{"g1":', 'null', '7', '{"g1":{"position":"many"}}']) {
      await db.collection(COLLECTIONS.head).updateOne({}, { $set: { generations } });
      t.match(await document.read(), { ...FENCE, generations: {} });
    }
  });

  void t.test('carries out concurrent changes one after the other', async (t) => {
    const { document, held } = await scene(t);
    await Promise.all(Array.from({ length: 20 }, () => held.change(({ next }) => ({ next: next + 1 }))));
    t.match(await document.read(), { next: 21, beat: 20n });
  });

  void t.test('changes nothing once another process has the lease, or the head is gone', async (t) => {
    const { db, document, held } = await scene(t);
    await held.change(() => ({ next: 5 }));
    const seen = (await document.read())!;
    t.ok(await document.change(seen, { token: 2n, holder: 'other' }));
    await t.rejects(
      held.change(() => ({ next: 6 })),
      CONTESTED,
    );
    await t.rejects(held.current(), CONTESTED);
    t.match(await document.read(), { next: 5, holder: 'other' });
    t.equal(await document.change(seen, { next: 7 }), undefined);
    await db.collection(COLLECTIONS.head).drop();
    await t.rejects(
      new HeldHead(document, FENCE).change(() => ({ next: 8 })),
      CONTESTED,
    );
    t.equal(await document.read(), undefined);
  });

  void t.test('reads the head again after a change whose outcome is unknown', async (t) => {
    const { place, document } = await scene(t);
    const proxy = await FaultyProxy.start(t, { host: place.host, port: place.port });
    const client = new MongoClient(place.through(proxy, 'retryWrites=false&retryReads=false'), {
      useBigInt64: true,
    });
    t.teardown(() => client.close());
    const held = new HeldHead(new HeadDocument({ db: client.db() }), FENCE);
    await held.change(() => ({ next: 5 }));
    proxy.strike('cut', 0);
    await t.rejects(
      held.change(() => ({ next: 6 })),
      /ECONNRESET|closed/,
    );
    // As if the change had arrived, but not its answer.
    t.ok(await document.change((await document.read())!, { next: 7 }));
    await held.change(({ next }) => ({ next: next + 1 }));
    t.match(await document.read(), { next: 8 });
  });
}
