import { randomBytes, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { EventStore, RecordedEvent } from '#domain/kernel/ports/event-store.js';
import {
  isConsistent,
  isSignedBy,
  leafHash,
  leafOf,
  noteSigner,
  originOf,
  parseCheckpoint,
  parseNote,
  rootOf,
  TileStore,
  TransparencyFollower,
  type TreeCheckpoint,
} from '#src/features/transparency/index.js';
import { consistencyProof, RootBuilder } from '#src/features/transparency/tree.js';
import { Sqlite } from '#src/engine/sqlite.js';
import { createMemoryEventStore } from '../../../fixtures/memory-event-store.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { TestClock } from '../../../fixtures/test-clock.js';

const seed = randomBytes(32);
const isOwnStream = (stream: string): boolean => stream.startsWith('job-');

async function write(store: EventStore, stream: string, count: number): Promise<void> {
  for (let at = 0; at < count; at += 1) {
    let last: number | undefined;
    for await (const [event] of store.readStream(stream, { direction: 'backwards', limit: 1 }))
      last = event?.revision;
    await store.append({
      stream,
      expected: last ?? 'no_stream',
      events: [{ id: randomUUID(), type: 'Tested', data: `{"at":${at}}`, metadata: '{}' }],
    });
  }
}

async function ownEvents(store: EventStore): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const page of store.readAll()) events.push(...page.filter(({ stream }) => isOwnStream(stream)));
  return events;
}

interface Scene {
  readonly store: EventStore;
  readonly clock: TestClock;
  readonly directory: string;
  begin(store?: EventStore): { tiles: TileStore; follower: TransparencyFollower };
}

function scene(t: Test): Scene {
  const clock = new TestClock();
  const store = createMemoryEventStore({ clock });
  const directory = ownFolder(t);
  return {
    store,
    clock,
    directory,
    begin(of = store) {
      const tiles = TileStore.open(directory, of.id, clock);
      t.teardown(() => tiles.close());
      return {
        tiles,
        follower: new TransparencyFollower({ store: of, tiles, directory, isOwnStream, clock, seed }),
      };
    },
  };
}

function signedBy(tiles: TileStore): TreeCheckpoint | undefined {
  const note = tiles.checkpoint();
  if (note === undefined) return undefined;
  const parsed = parseNote(note)!;
  if (!isSignedBy(parsed, noteSigner(originOf(tiles), seed))) throw new Error('the signature is wrong');
  return parseCheckpoint(parsed.text);
}

void t.test("adds and signs Muster's own events two seconds after they were appended", async (t) => {
  const { store, clock, begin } = scene(t);
  const { tiles, follower } = begin();
  await write(store, 'job-a', 3);
  await write(store, 'notes-1', 2);
  await write(store, 'job-b', 2);
  await follower.step();
  t.equal(tiles.state().size, 0);
  await clock.advance(1_999);
  await follower.step();
  t.equal(tiles.state().size, 0);
  await clock.advance(1);
  await follower.step();
  t.equal(tiles.state().size, 5);
  const own = await ownEvents(store);
  const builder = new RootBuilder();
  for (const event of own) builder.add(leafHash(leafOf(event)));
  t.match(signedBy(tiles), { size: 5, root: builder.root() });
  t.equal(tiles.startOf(0), own[0]?.position);
});

void t.test('signs a checkpoint every ten seconds if there are new events', async (t) => {
  const { store, clock, begin } = scene(t);
  const { tiles, follower } = begin();
  const sizes: number[] = [];
  const former: TreeCheckpoint[] = [];
  for (let second = 0; second < 40; second += 1) {
    if (second < 20) await write(store, 'job-a', 1);
    await follower.step();
    const signed = signedBy(tiles);
    if (signed !== undefined && signed.size !== sizes.at(-1)) {
      for (const before of former)
        t.ok(isConsistent(before, signed, consistencyProof(tiles, before.size, signed.size)));
      former.push(signed);
      sizes.push(signed.size);
    }
    await clock.advance(1_000);
  }
  t.same(sizes, [1, 11, 20]);
});

void t.test('continues after it was killed between writing tiles and signing them', async (t) => {
  const { store, clock, begin } = scene(t);
  await write(store, 'job-a', 300);
  const first = begin();
  await first.follower.step();
  await clock.advance(2_000);
  // The process dies when it is about to sign.
  first.tiles.keepCheckpoint = () => {
    throw new Error('killed');
  };
  await t.rejects(first.follower.step(), /killed/);
  first.tiles.close();
  await write(store, 'job-b', 300);
  const second = begin();
  t.equal(second.tiles.state().size, 300);
  t.equal(second.tiles.checkpoint(), undefined);
  await second.follower.step();
  await clock.advance(2_000);
  await second.follower.step();
  const all = signedBy(second.tiles);
  t.equal(all?.size, 600);
  second.tiles.close();

  const anew = TileStore.open(ownFolder(t), store.id, clock);
  t.teardown(() => anew.close());
  anew.append(
    (await ownEvents(store)).map((event) => ({
      hash: leafHash(leafOf(event)),
      position: event.position,
      created: event.created,
    })),
  );
  t.ok(rootOf(anew, 600).equals(all!.root));
});

void t.test('rebuilds the tree if its tiles belong to another log', async (t) => {
  const { store, clock, begin } = scene(t);
  await write(store, 'job-a', 5);
  const { tiles, follower } = begin();
  await follower.step();
  await clock.advance(2_000);
  await follower.step();
  t.equal(tiles.state().size, 5);
  tiles.close();
  const other = begin(createMemoryEventStore({ clock, id: randomUUID() }));
  t.equal(other.tiles.state().size, 0);
  t.equal(other.tiles.checkpoint(), undefined);
});

/** Reads everything and signs it, unless it must not be signed. */
async function settle(clock: TestClock, follower: TransparencyFollower): Promise<void> {
  await follower.step();
  await clock.advance(10_000);
  await follower.step();
}

/** A log with the same identity and other content, as after a restore of an older copy. */
async function replaced({ clock, store }: Scene, count: number): Promise<EventStore> {
  const other = createMemoryEventStore({ clock, id: store.id });
  const events = await ownEvents(store);
  for (const { stream, revision, id, type, data, metadata } of events.slice(0, count))
    await other.append({
      stream,
      expected: revision === 0 ? 'no_stream' : revision - 1,
      events: [{ id, type, data, metadata }],
    });
  return other;
}

const asides = (directory: string, reason: string): string[] =>
  readdirSync(directory).filter((name) => name.startsWith(`tlog.db.${reason}-`));

for (const [how, harm] of Object.entries({
  missing: (file: string) => rmSync(file),
  'not a database': (file: string) =>
    writeFileSync(file, 'not a database, but longer than a header'.repeat(200)),
  'cut short': (file: string) => truncateSync(file, 8_192),
}))
  void t.test(`rebuilds a tree that is ${how}, and compares it with the signed checkpoint`, async (t) => {
    const { store, clock, directory, begin } = scene(t);
    await write(store, 'job-a', 300);
    const first = begin();
    await settle(clock, first.follower);
    const before = first.tiles.checkpoint();
    first.tiles.close();
    harm(join(directory, 'tlog.db'));
    const again = begin();
    t.equal(asides(directory, 'damaged').length, how === 'missing' ? 0 : 1);
    t.match(again.follower.state(), { size: 0, signed: 300, isRebuilding: true });
    await settle(clock, again.follower);
    t.equal(again.tiles.checkpoint(), before);
    t.match(again.follower.state(), { size: 300, signed: 300, isRebuilding: false, fork: undefined });
  });

void t.test('retains at most three damaged trees', async (t) => {
  const { clock, directory, begin } = scene(t);
  for (let at = 0; at < 5; at += 1) {
    writeFileSync(join(directory, 'tlog.db'), 'damaged'.repeat(1_000));
    begin().tiles.close();
    await clock.advance(1);
  }
  t.equal(asides(directory, 'damaged').length, 3);
});

void t.test(
  'an altered hash in the tree is not reported as a fork, because the log still has the signed events',
  async (t) => {
    const { store, clock, directory, begin } = scene(t);
    await write(store, 'job-a', 300);
    const first = begin();
    await settle(clock, first.follower);
    first.tiles.close();
    const db = new Sqlite(join(directory, 'tlog.db'));
    const [tile] = db.prepare('SELECT hashes FROM tiles WHERE level = 0 AND n = 1').pluck().all() as [Buffer];
    tile[5]! ^= 1;
    db.prepare('UPDATE tiles SET hashes = ? WHERE level = 0 AND n = 1').run(tile);
    db.close();
    await write(store, 'job-b', 1);
    const again = begin();
    await settle(clock, again.follower);
    await settle(clock, again.follower);
    const builder = new RootBuilder();
    for (const event of await ownEvents(store)) builder.add(leafHash(leafOf(event)));
    t.match(signedBy(again.tiles), { size: 301, root: builder.root() });
    t.equal(asides(directory, 'differs').length, 1);
  },
);

void t.test('a rebuild cannot hide that the log was altered', async (t) => {
  const all = scene(t);
  const { store, clock, directory, begin } = all;
  await write(store, 'job-a', 10);
  const first = begin();
  await settle(clock, first.follower);
  first.tiles.close();
  rmSync(join(directory, 'tlog.db'));
  const other = await replaced(all, 7);
  await write(other, 'job-a', 20);
  const again = begin(other);
  await settle(clock, again.follower);
  t.equal(again.tiles.checkpoint(), undefined);
  t.match(again.follower.state().fork, { signed: { size: 10 }, log: { size: 27 }, first: undefined });
});

for (const [how, common, more] of [
  ['lost events', 7, 0],
  ['lost events and then grew', 7, 5],
  ['was altered', 0, 12],
] as const)
  void t.test(
    `a log that ${how} is reported as a fork, and nothing is signed, even after a restart`,
    async (t) => {
      const all = scene(t);
      const { store, clock, directory, begin } = all;
      await write(store, 'job-a', 10);
      const first = begin();
      await settle(clock, first.follower);
      first.tiles.close();
      const other = await replaced(all, common);
      await write(other, 'job-a', more);
      const again = begin(other);
      await settle(clock, again.follower);
      const size = common + more;
      const position = more === 0 ? undefined : String((await ownEvents(other))[common]!.position);
      t.match(again.follower.state(), {
        size,
        fork: { signed: { size: 10 }, log: { size }, first: { index: common, position } },
      });
      t.equal(again.tiles.checkpoint(), undefined);
      again.tiles.close();
      const restarted = begin(other);
      await write(other, 'job-b', 20);
      await settle(clock, restarted.follower);
      t.match(restarted.follower.state(), { fork: { signed: { size: 10 }, log: { size: size + 20 } } });
      t.equal(restarted.tiles.checkpoint(), undefined);
      t.equal(asides(directory, 'differs').length, 1);
    },
  );

void t.test('a log whose events appear late is reported as a fork only until they appear', async (t) => {
  const all = scene(t);
  const { store, clock, begin } = all;
  await write(store, 'job-a', 10);
  const first = begin();
  await settle(clock, first.follower);
  const before = first.tiles.checkpoint();
  first.tiles.close();
  const late = await replaced(all, 7);
  const again = begin(late);
  await settle(clock, again.follower);
  t.ok(again.follower.state().fork);
  for (const { stream, revision, id, type, data, metadata } of (await ownEvents(store)).slice(7))
    await late.append({ stream, expected: revision - 1, events: [{ id, type, data, metadata }] });
  await settle(clock, again.follower);
  t.equal(again.follower.state().fork, undefined);
  t.equal(again.tiles.checkpoint(), before);
});

void t.test(
  'does not replace a checkpoint that was signed with another key until the file is moved away',
  async (t) => {
    const { store, clock, directory, begin } = scene(t);
    const file = join(directory, 'tlog.checkpoint');
    const foreign = noteSigner('muster/x', randomBytes(32)).sign('muster/x\n9\nAA==\n');
    await write(store, 'job-a', 3);
    for (const text of [JSON.stringify({ log: store.id, note: foreign }), '{"log":', '']) {
      writeFileSync(file, text);
      t.throws(begin, { message: /tlog\.checkpoint was not signed with the key of this server/ });
      t.equal(readFileSync(file, 'utf8'), text, 'the foreign checkpoint is unchanged');
    }
    renameSync(file, `${file}.former`);
    const { tiles, follower } = begin();
    await settle(clock, follower);
    t.match(signedBy(tiles), { size: 3 });
  },
);

void t.test(
  'derives the origin from the first event, so that it survives a move to another store',
  async (t) => {
    const { store, clock } = scene(t);
    await write(store, 'job-a', 3);
    const moved = createMemoryEventStore({ clock, id: randomUUID() });
    for (const { stream, revision, id, type, data, metadata } of await ownEvents(store))
      await moved.append({
        stream,
        expected: revision === 0 ? 'no_stream' : revision - 1,
        events: [{ id, type, data, metadata }],
      });
    const notes = [];
    for (const each of [store, moved]) {
      const directory = ownFolder(t);
      const tiles = TileStore.open(directory, each.id, clock);
      t.teardown(() => tiles.close());
      const follower = new TransparencyFollower({ store: each, tiles, directory, isOwnStream, clock, seed });
      await follower.step();
      await clock.advance(2_000);
      await follower.step();
      notes.push(tiles.checkpoint());
    }
    t.not(store.id, moved.id);
    t.equal(notes[0], notes[1]);
  },
);
