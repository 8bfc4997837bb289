import { randomBytes, randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { isOwnStream } from '#test/fixtures/muster-events.js';
import { openSqliteEventStore } from '#src/engine/event-store/index.js';
import { Sqlite } from '#src/engine/sqlite.js';
import {
  openTreeWith,
  parseCheckpoint,
  ServedTransparencyLog,
  TileStore,
  TransparencyFollower,
} from '#src/features/transparency/index.js';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { TestClock } from '../../../fixtures/test-clock.js';

t.setTimeout(180_000 * PATIENCE);

const seed = randomBytes(32);
const EVENTS = 300;

interface Served {
  readonly store: Awaited<ReturnType<typeof openSqliteEventStore>>;
  readonly tiles: TileStore;
  readonly follower: TransparencyFollower;
  settle(): Promise<void>;
}

function dataDirectory(t: Test) {
  const directory = ownFolder(t);
  const clock = new TestClock();
  return {
    directory,
    clock,
    /** Runs what a server runs, and stops it. */
    async serving<Result>(work: (served: Served) => Promise<Result>): Promise<Result> {
      const store = await openSqliteEventStore({ directory });
      const tiles = TileStore.open(directory, store.id, clock);
      const follower = new TransparencyFollower({ store, tiles, directory, isOwnStream, clock, seed });
      try {
        return await work({
          store,
          tiles,
          follower,
          async settle() {
            for (let at = 0; at < 2; at += 1) {
              await follower.step();
              await clock.advance(10_000);
            }
            await follower.step();
          },
        });
      } finally {
        tiles.close();
        await store.close();
      }
    },
    alter(sql: string, ...values: readonly (string | number)[]): void {
      const db = new Sqlite(join(directory, 'events.db'));
      t.not(db.prepare(sql).run(...values).changes, 0, 'something was altered');
      db.close();
    },
  };
}

async function write({ store }: Pick<Served, 'store'>, count: number): Promise<void> {
  for (let at = 0; at < count; at += 1)
    await store.append({
      stream: `job-${at}-${randomUUID()}`,
      expected: 'no_stream',
      events: [{ id: randomUUID(), type: 'Tested', data: `{"at":${at}}`, metadata: '{"actor":"user:ann"}' }],
    });
}

for (const [what, index, sql] of [
  ['the data of an old event', 5, `UPDATE events SET data = '{"at":-1}' WHERE position = 6`],
  ['the actor of an event', 260, `UPDATE events SET metadata = '{"actor":"user:bob"}' WHERE position = 261`],
  ['the type of the first event', 0, `UPDATE events SET type = 'Forged' WHERE position = 1`],
  ['the stream of an event', 7, `UPDATE events SET stream = 'job-other' WHERE position = 8`],
  ['an event that was removed', 17, `DELETE FROM events WHERE position = 18`],
] as const)
  void t.test(`nothing is signed after an alteration of ${what}, and the entry is named`, async (t) => {
    const { directory, serving, alter } = dataDirectory(t);
    const signed = await serving(async (served) => {
      await write(served, EVENTS);
      await served.settle();
      return served.tiles.checkpoint()!;
    });
    alter(sql);
    for (const start of ['first', 'second'])
      await serving(async ({ store, tiles, follower, settle }) => {
        await write({ store }, 3);
        await settle();
        t.match(follower.state().fork, { signed: { size: EVENTS }, first: { index } }, `${start} start`);
        t.equal(tiles.checkpoint(), undefined, 'nothing is signed');
      });
    const known = openTreeWith(directory, parseCheckpoint(signed)!);
    t.ok(known, 'the signed hashes are still there');
    known?.close();
  });

void t.test('an event that is altered while a server runs is found by the next pass', async (t) => {
  const { clock, serving, alter } = dataDirectory(t);
  await serving(async (served) => {
    await write(served, EVENTS);
    await served.settle();
    alter(`UPDATE events SET data = '{"at":-1}' WHERE position = 6`);
    await clock.advance(3_600_000);
    await served.settle();
    t.match(served.follower.state().fork, { first: { index: 5, position: '6' } });
  });
});

void t.test('an event of a tree that was not signed yet is compared too', async (t) => {
  const { serving, alter } = dataDirectory(t);
  await serving(async (served) => {
    await write(served, 20);
    await served.settle();
    await write(served, 5);
    await served.settle();
    t.equal(served.tiles.state().size, 25);
  });
  alter(`UPDATE events SET data = '{"at":-1}' WHERE position = 23`);
  await serving(async ({ follower, settle }) => {
    await settle();
    t.match(follower.state().fork, { signed: { size: 25 }, first: { index: 22, position: '23' } });
  });
});

void t.test('putting the right log back ends the fork', async (t) => {
  const { serving, alter } = dataDirectory(t);
  const before = await serving(async (served) => {
    await write(served, EVENTS);
    await served.settle();
    return served.tiles.checkpoint();
  });
  alter(`UPDATE events SET data = '{"at":-1}' WHERE position = 6`);
  await serving(async ({ follower, settle }) => {
    await settle();
    t.ok(follower.state().fork);
  });
  alter(`UPDATE events SET data = '{"at":5}' WHERE position = 6`);
  await serving(async ({ follower, tiles, settle }) => {
    await settle();
    t.equal(follower.state().fork, undefined);
    t.equal(tiles.checkpoint(), before);
  });
});

void t.test('a changed write time is named, although no signature covers it', async (t) => {
  const { serving, alter } = dataDirectory(t);
  await serving(async (served) => {
    await write(served, EVENTS);
    await served.settle();
  });
  alter('UPDATE events SET created = created + 60000 WHERE position = 3');
  await serving(async ({ follower, settle }) => {
    await settle();
    t.equal(follower.state().fork, undefined);
    t.match(follower.state().moved, /^entry 2 \(position 3, .* was written at .*, but the log now says /);
  });
  alter('UPDATE events SET created = created - 60000 WHERE position = 3');
  await serving(async ({ follower, settle }) => {
    await settle();
    t.equal(follower.state().moved, undefined);
  });
});

void t.test('a tree of another log is set aside, and compared if it is a copy of this one', async (t) => {
  const { directory, serving, alter } = dataDirectory(t);
  await serving(async (served) => {
    await write(served, EVENTS);
    await served.settle();
  });
  alter('UPDATE log SET id = ?', randomUUID());
  alter(`UPDATE events SET data = '{"at":-1}' WHERE position = 6`);
  await serving(async ({ follower, settle }) => {
    await settle();
    t.match(follower.state().fork, { signed: { size: EVENTS }, first: { index: 5, position: '6' } });
  });
  t.equal(readdirSync(directory).filter((name) => name.startsWith('tlog.db.differs-')).length, 1);
});

void t.test('no evidence and no entries are served that a verifier would refuse', async (t) => {
  const { directory, serving, alter } = dataDirectory(t);
  await serving(async (served) => {
    await write(served, EVENTS);
    await served.settle();
  });
  alter(`UPDATE events SET data = '{"at":-1}' WHERE position = 6`);
  await serving(async ({ store }) => {
    const served = new ServedTransparencyLog({ directory, store, isOwnStream, seed });
    t.equal(await served.evidence(6n), 'altered');
    t.match(await served.evidence(7n), { event: { position: 7n } });
    t.equal(await served.tile({ level: 'entries', n: 0, width: 256 }), 'altered');
    t.type(await served.tile({ level: 'entries', n: 1, width: 44 }), Buffer);
    served.close();
  });
});

void t.test(
  'a second server does not sign a history that contradicts what another one has signed',
  async (t) => {
    const { clock, directory, serving, alter } = dataDirectory(t);
    const others = ownFolder(t);
    /** Runs a server with its own directory on the log. */
    const runAnother = async (
      folder: string,
      store: Served['store'],
      check: (served: Omit<Served, 'store' | 'settle'>) => void,
    ): Promise<void> => {
      const tiles = TileStore.open(folder, store.id, clock);
      const follower = new TransparencyFollower({
        store,
        isShared: true,
        tiles,
        directory: folder,
        isOwnStream,
        clock,
        seed,
      });
      for (let at = 0; at < 4; at += 1) {
        await follower.step();
        await clock.advance(10_000);
      }
      check({ tiles, follower });
      tiles.close();
    };
    await serving(async (served) => {
      await write(served, EVENTS);
      await runAnother(directory, served.store, ({ tiles }) => t.ok(tiles.checkpoint()));
      await write(served, 5);
      await runAnother(others, served.store, ({ tiles, follower }) => {
        t.equal(parseCheckpoint(tiles.checkpoint()!)?.size, EVENTS + 5, 'an honest server signs on');
        t.equal(follower.state().fork, undefined);
      });
    });
    alter(`UPDATE events SET data = '{"at":-1}' WHERE position = 6`);
    await serving(async ({ store }) => {
      for (const start of ['first', 'second'])
        await runAnother(ownFolder(t), store, ({ tiles, follower }) => {
          t.equal(tiles.checkpoint(), undefined, `nothing is signed at the ${start} start`);
          t.match(follower.state().fork, { signed: { size: EVENTS + 5 } });
        });
    });
  },
);
