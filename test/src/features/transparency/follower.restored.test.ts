import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import t from 'tap';
import { cluster } from '#domain/cluster/aggregate.js';
import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';
import { isOwnStream } from '#test/fixtures/muster-events.js';
import { backUp, restore } from '#src/features/backup/index.js';
import { openCommandExecutor } from '#src/engine/commands/index.js';
import { openSqliteEventStore } from '#src/engine/event-store/index.js';
import {
  adoptionOrigin,
  compareWithCheckpoint,
  isSignedBy,
  noteSigner,
  originOf,
  parseNote,
  readCheckpoint,
  TileStore,
  TransparencyFollower,
  type TreeCheckpoint,
} from '#src/features/transparency/index.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { TestClock } from '../../../fixtures/test-clock.js';
import { commandContext } from '../../../fixtures/command-context.js';

const seed = randomBytes(32);
const folder = ownFolder(t);
const directory = join(folder, 'data');
const clock = new TestClock();
const context = commandContext({ actor: 'user:auditor-and-administrator', surface: 'audit' });

/** Opens what a server opens, while the work runs. */
async function serving<Result>(
  work: (parts: {
    store: Awaited<ReturnType<typeof openSqliteEventStore>>;
    tiles: TileStore;
    follower: TransparencyFollower;
    settle(): Promise<void>;
  }) => Promise<Result>,
): Promise<Result> {
  const store = await openSqliteEventStore({ directory });
  const tiles = TileStore.open(directory, store.id, clock);
  const follower = new TransparencyFollower({ store, tiles, directory, isOwnStream, clock, seed });
  try {
    return await work({
      store,
      tiles,
      follower,
      async settle() {
        await follower.step();
        await clock.advance(10_000);
        await follower.step();
      },
    });
  } finally {
    tiles.close();
    await store.close();
  }
}

async function write(
  store: Parameters<typeof openCommandExecutor>[0]['store'],
  count: number,
): Promise<void> {
  for (let at = 0; at < count; at += 1)
    await store.append({
      stream: `job-${randomUUID()}`,
      expected: 'no_stream',
      events: [{ id: randomUUID(), type: 'Tested', data: '{}', metadata: '{}' }],
    });
}

function verified(note: string | undefined, key: ReturnType<typeof noteSigner>): TreeCheckpoint {
  const checkpoint = readCheckpoint(note ?? '', key);
  if (typeof checkpoint === 'string') throw new Error(checkpoint);
  return checkpoint;
}

void t.test(
  'a restored backup is reported as a fork until it is adopted, and auditors detect both',
  async (t) => {
    const backup = join(folder, 'backup');
    const before = await serving(async ({ store, tiles, settle }) => {
      await write(store, 300);
      await backUp({ directory, target: backup, clock });
      await write(store, 10);
      await settle();
      return { note: tiles.checkpoint()!, key: noteSigner(originOf(tiles), seed) };
    });
    const kept = verified(before.note, before.key);
    t.equal(kept.size, 310);

    await restore({ source: backup, directory, force: true, clock });
    await serving(async ({ store, tiles, follower, settle }) => {
      await settle();
      const { fork } = follower.state();
      t.match(fork, { signed: { size: 310, origin: kept.origin }, log: { size: 301 } });
      const found: RecordedEvent[] = [];
      for await (const page of store.readAll()) found.push(...page);
      t.match(found[300], { type: 'LogEpochBegan' });
      t.same(
        fork?.first,
        { index: 300, position: String(found[300]!.position) },
        'the first difference is the event of the restore',
      );
      t.equal(tiles.checkpoint(), undefined);
      const origin = adoptionOrigin(fork!)!;
      t.equal(origin, `${kept.origin}/2`);
      const executor = await openCommandExecutor({ store, clock, writer: randomUUID() });
      const { signed, log } = fork!;
      const adoption = { reason: 'a disk failed', origin, signed, log: log! };
      await executor.execute(cluster, '', { kind: 'adopt-fork', ...adoption }, context);
      await executor.close();
      await settle();
      t.equal(follower.state().fork, undefined);
      const now = verified(tiles.checkpoint(), noteSigner(origin, seed));
      t.match(now, { origin, size: 302 });
      t.notOk(
        isSignedBy(parseNote(tiles.checkpoint()!)!, before.key),
        'the previous key has signed nothing new',
      );
      async function* events() {
        for await (const page of store.readAll()) yield* page.filter(({ stream }) => isOwnStream(stream));
      }
      t.equal(await compareWithCheckpoint(events(), now), undefined);
      t.match(await compareWithCheckpoint(events(), kept), {
        problem: 'the log has only 302 of the 310 events that were signed',
      });
    });

    await serving(async ({ store, tiles, follower, settle }) => {
      await write(store, 20);
      await settle();
      t.match(
        follower.state(),
        { size: 322, signed: 322, fork: undefined },
        'signing continues after a restart',
      );
      t.equal(originOf(tiles), `${kept.origin}/2`);
    });

    await restore({ source: backup, directory, force: true, clock });
    await serving(async ({ follower, settle }) => {
      await settle();
      const { fork } = follower.state();
      t.match(fork, {
        signed: { size: 322, origin: `${kept.origin}/2` },
        log: { size: 301, origin: kept.origin },
      });
      t.equal(adoptionOrigin(fork!), `${kept.origin}/3`, 'an origin is not used for two trees');
    });
  },
);
