import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import t from 'tap';
import { isOwnStream } from '#domain/event-types/index.js';
import { openSqliteEventStore } from '#src/engine/event-store/index.js';
import { Sqlite } from '#src/engine/sqlite.js';
import { TileStore, TransparencyFollower } from '#src/engine/transparency/index.js';
import { Recheck } from '#src/engine/transparency/recheck.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { TestClock } from '../../../fixtures/test-clock.js';

const HOUR_MS = 3_600_000;
/** More than one call compares, so that a pass takes two calls. */
const EVENTS = 10_500;
const APPENDED = 100;

void t.test('the pause after a pass lasts three times as long as the pass', async (t) => {
  const directory = ownFolder(t);
  const clock = new TestClock();
  const store = await openSqliteEventStore({ directory });
  const tiles = TileStore.open(directory, store.id, clock);
  t.teardown(async () => {
    tiles.close();
    await store.close();
  });
  for (let written = 0; written < EVENTS; written += APPENDED)
    await store.append({
      stream: `job-${randomUUID()}`,
      expected: 'no_stream',
      events: Array.from({ length: APPENDED }, (_, at) => ({
        id: randomUUID(),
        type: 'Tested',
        data: `{"at":${at}}`,
        metadata: '{}',
      })),
    });
  const follower = new TransparencyFollower({
    store,
    tiles,
    directory,
    isOwnStream,
    clock,
    seed: randomBytes(32),
  });
  await follower.step();
  await clock.advance(10_000);
  await follower.step();
  t.equal(tiles.state().size, EVENTS);

  const recheck = new Recheck({ store, tiles, isOwnStream });
  t.equal(await recheck.next(0), undefined);
  t.equal(await recheck.next(3 * HOUR_MS), undefined, 'the pass ends after three hours');
  const db = new Sqlite(join(directory, 'events.db'));
  db.prepare(`UPDATE events SET data = '{"at":-1}' WHERE position = ?`).run(EVENTS);
  db.close();
  t.equal(await recheck.next(12 * HOUR_MS - 1), undefined, 'the pause lasts nine hours');
  t.match(await recheck.next(12 * HOUR_MS), { index: EVENTS - 1 });
});
