import { randomUUID } from 'node:crypto';
import t from 'tap';
import { leafHash } from '#src/features/transparency/hashing.js';
import { logIdOf, originFrom } from '#src/features/transparency/index.js';
import { leafOf } from '#src/features/transparency/leaf.js';
import { createMemoryEventStore } from '../../../fixtures/memory-event-store.js';

const event = (data: object) => ({
  id: randomUUID(),
  type: 'JobSubmitted',
  data: JSON.stringify(data),
  metadata: JSON.stringify({ $correlationId: randomUUID() }),
});

void t.test(
  'the id of a log is the name of its tree, whatever other programs have written before',
  async (t) => {
    const store = createMemoryEventStore();
    const id = logIdOf(store, ['job', 'node']);
    t.equal(await id(), undefined, 'an empty log has none');
    await store.append({ stream: 'jobless-1', expected: 'no_stream', events: [event({ foreign: true })] });
    t.equal(await id(), undefined);
    const first = event({ n: 1 });
    await store.append({ stream: 'job-a', expected: 'no_stream', events: [first] });
    const found = await id();
    const leaf = leafHash(leafOf({ ...first, stream: 'job-a', revision: 0 }));
    t.equal(`muster/${found}`, originFrom(leaf));
    await store.append({ stream: 'job-a', expected: 0, events: [event({ n: 2 })] });
    t.equal(await id(), found);

    let reads = 0;
    let fails = true;
    const shared = logIdOf(
      {
        async *readAll(options) {
          reads += 1;
          if (fails) throw new Error('unavailable');
          yield* store.readAll(options);
        },
      },
      ['job', 'node'],
    );
    await t.rejects(Promise.all([shared(), shared()]), { message: 'unavailable' });
    fails = false;
    t.same(await Promise.all([shared(), shared()]), [found, found]);
    await shared();
    t.equal(reads, 2, 'calls share a read, and one that failed is repeated');

    const moved = createMemoryEventStore();
    await moved.append({ stream: 'job-a', expected: 'no_stream', events: [first] });
    t.equal(await logIdOf(moved, ['job', 'node'])(), found, 'it stays when the log moves to another store');
  },
);
