import t from 'tap';
import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';
import type { Projection } from '#domain/kernel/projection.js';
import type { Head } from '#src/stores/mongodb/schema.js';
import { Standby } from '#src/stores/mongodb/standby.js';

const PROJECTIONS = [{ name: 'jobs', version: 1 }] as unknown as readonly Projection[];
const headAt = (position: bigint, changed = position): Head =>
  ({
    generations: {
      'jobs 1': {
        model: 'jobs',
        version: 1,
        live: true,
        storeId: 'log',
        position,
        eventId: 'newest',
        previous: null,
        changed,
      },
    },
  }) as unknown as Head;

function scene() {
  let [end, now, folded]: [bigint | undefined, number, bigint] = [undefined, 0, -1n];
  // The log has the last event that the models have folded.
  async function* readAll(): AsyncGenerator<readonly RecordedEvent[], void, undefined> {
    yield [{ id: 'newest', position: folded } as RecordedEvent];
  }
  const standby = new Standby(
    { id: 'log', head: () => Promise.resolve(end), readAll },
    { monotonic: () => now },
    PROJECTIONS,
  );
  const watch = async (at: number, models: bigint, log: bigint | undefined) => {
    [end, now, folded] = [log, at, models];
    const { changed: _, ...watched } = await standby.watch(headAt(models));
    return watched;
  };
  return { standby, watch };
}

void t.test('has caught up if it has reached the end of the log, or the log is empty', async (t) => {
  t.same(await scene().watch(0, -1n, undefined), { position: -1n, caughtUp: true, lagMs: 0 });
  t.same(await scene().watch(0, 7n, 7n), { position: 7n, caughtUp: true, lagMs: 0 });
});

void t.test(
  'has caught up once it reaches the head seen earlier, even if the log has grown since',
  async (t) => {
    const { watch } = scene();
    t.same(await watch(0, 5n, 10n), { position: 5n, caughtUp: false, lagMs: 0 });
    t.same(
      await watch(100, 9n, 20n),
      { position: 9n, caughtUp: false, lagMs: 100 },
      'the end to reach is still 10',
    );
    t.same(
      await watch(200, 12n, 30n),
      { position: 12n, caughtUp: true, lagMs: 0 },
      'the next end to reach is 30',
    );
    t.same(await watch(300, 25n, 40n), { position: 25n, caughtUp: true, lagMs: 100 });
    t.same(await watch(400, 31n, 50n), { position: 31n, caughtUp: true, lagMs: 0 });
  },
);

void t.test('reports a growing lag while the models do not advance, and no lag otherwise', async (t) => {
  const { watch } = scene();
  await watch(0, 10n, 10n);
  t.same(await watch(50, 10n, 11n), { position: 10n, caughtUp: true, lagMs: 0 });
  t.same(await watch(5_050, 10n, 90n), { position: 10n, caughtUp: true, lagMs: 5_000 });
  t.same(await watch(6_050, 11n, 11n), { position: 11n, caughtUp: true, lagMs: 0 });
});

void t.test('does not count models of another log as caught up', async (t) => {
  async function* readAll(): AsyncGenerator<readonly RecordedEvent[], void, undefined> {
    yield [{ id: 'another', position: 7n } as RecordedEvent];
  }
  const standby = new Standby(
    { id: 'log', head: () => Promise.resolve(5n), readAll },
    { monotonic: () => 0 },
    PROJECTIONS,
  );
  t.match(await standby.watch(headAt(7n)), { position: -1n, caughtUp: false });
});

void t.test(
  'reports what the active projector has changed, which its position alone does not tell',
  async (t) => {
    const { standby, watch } = scene();
    await watch(0, 5n, 5n);
    const changed = async (position: bigint, last: bigint) =>
      (await standby.watch(headAt(position, last))).changed;
    t.same(await changed(5n, 3n), new Set(['jobs']));
    t.same(await changed(6n, 3n), new Set());
    t.same(await changed(7n, 7n), new Set(['jobs']));
    t.equal((await scene().standby.watch(headAt(5n))).changed, 'any');
  },
);
