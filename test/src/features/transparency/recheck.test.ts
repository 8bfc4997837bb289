import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { isOwnStream } from '#test/fixtures/muster-events.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { openSqliteEventStore } from '#src/engine/event-store/index.js';
import { Sqlite } from '#src/engine/sqlite.js';
import { TileStore, TransparencyFollower } from '#src/features/transparency/index.js';
import { Recheck } from '#src/features/transparency/recheck.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { TestClock } from '../../../fixtures/test-clock.js';

const HOUR_MS = 3_600_000;
/** More than one call compares, so that a pass takes two calls. */
const EVENTS = 10_500;
const APPENDED = 100;

/** A log and its tree. `onPage` is called for each page that is read from the log. */
async function followed(t: Test, onPage: () => void = () => undefined) {
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
  const watched: Pick<EventStore, 'id' | 'head' | 'readAll' | 'readStream' | 'append'> = {
    id: store.id,
    head: () => store.head(),
    readStream: (...given) => store.readStream(...given),
    append: (request) => store.append(request),
    async *readAll(options = {}) {
      for await (const page of store.readAll(options)) {
        onPage();
        yield page;
      }
    },
  };
  const follower = new TransparencyFollower({
    store: watched,
    tiles,
    directory,
    isOwnStream,
    clock,
    seed: randomBytes(32),
  });
  const settle = async (): Promise<void> => {
    await follower.step();
    await clock.advance(10_000);
    await follower.step();
  };
  return {
    tiles,
    settle,
    recheck: new Recheck({ store: watched, tiles, isOwnStream }),
    alter(position: number): void {
      const db = new Sqlite(join(directory, 'events.db'));
      db.prepare(`UPDATE events SET data = '{"at":-1}' WHERE position = ?`).run(position);
      db.close();
    },
  };
}

void t.test('the pause after a pass lasts three times as long as the pass', async (t) => {
  const { tiles, settle, recheck, alter } = await followed(t);
  await settle();
  t.equal(tiles.state().size, EVENTS);
  t.equal(await recheck.next(0), undefined);
  t.equal(await recheck.next(3 * HOUR_MS), undefined, 'the pass ends after three hours');
  alter(EVENTS);
  t.equal(await recheck.next(12 * HOUR_MS - 1), undefined, 'the pause lasts nine hours');
  t.match(await recheck.next(12 * HOUR_MS), { index: EVENTS - 1 });
});

void t.test('a call that is aborted ends after the page that it reads, and is made up for', async (t) => {
  const stopping = new AbortController();
  let pages = 0;
  const { settle, recheck, alter } = await followed(t, () => {
    pages += 1;
  });
  await settle();
  alter(EVENTS);
  pages = 0;
  stopping.abort();
  t.equal(await recheck.next(0, stopping.signal), undefined);
  t.ok(pages <= 1, `${pages} pages were read`);
  t.match(await recheck.next(0), { index: EVENTS - 1 });
});
