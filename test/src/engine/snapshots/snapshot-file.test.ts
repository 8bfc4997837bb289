import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { v4 } from 'uuid';
import { jobEvents } from '#domain/jobs/job/events.js';
import { only } from '#domain/kernel/event/index.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import {
  digestOfFold,
  readSnapshot,
  writeSnapshot,
  writingSnapshot,
  type Bookmark,
  type MarkInStream,
} from '#src/engine/snapshots/index.js';
import { createMemoryEventStore } from '../../../fixtures/memory-event-store.js';
import { ownFolder } from '../../../fixtures/folder.js';

const FOLD = digestOfFold({ name: 'words', version: 1, events: only(jobEvents, 'JobSubmitted') });

async function begin(t: Test, store: EventStore = createMemoryEventStore()) {
  const file = join(ownFolder(t), 'words.ndjson');
  const events = Array.from({ length: 3 }, () => ({
    id: v4(),
    type: 'JobStopped',
    data: '{}',
    metadata: '{}',
  }));
  await store.append({ stream: 'job-a', expected: 'no_stream', events });
  const read = async (from: EventStore = store, fold = FOLD) => {
    const records: unknown[] = [];
    return { records, reading: await readSnapshot(file, fold, from, (record) => records.push(record)) };
  };
  return { store, file, bookmark: await newest(store), read };
}

async function newest(store: EventStore): Promise<MarkInStream> {
  for await (const page of store.readStream('job-a', { direction: 'backwards', limit: 1 })) {
    const { stream, revision, position, id } = page[0]!;
    return { stream, revision, position, id };
  }
  throw new Error('there is none');
}

void t.test('reads back the written records and the bookmark', async (t) => {
  const { store, file, bookmark, read } = await begin(t);
  t.same((await read()).reading, { kind: 'absent' });
  writeSnapshot(file, { fold: FOLD, store: store.id, bookmark }, [{ word: 'one' }, { word: 'two' }]);
  t.strictSame(await read(), {
    records: [{ word: 'one' }, { word: 'two' }],
    reading: { kind: 'read', bookmark },
  });
  t.equal(statSync(file).mode & 0o777, 0o600);
});

void t.test('detects a file that is torn at any byte', async (t) => {
  const { store, file, bookmark, read } = await begin(t);
  writeSnapshot(
    file,
    { fold: FOLD, store: store.id, bookmark },
    Array.from({ length: 5 }, (_, n) => ({ word: `number ${n}` })),
  );
  const whole = readFileSync(file, 'utf8');
  for (let length = 0; length < whole.length - 1; length += 1) {
    writeFileSync(file, whole.slice(0, length));
    const { reading } = await read();
    if (reading.kind !== 'damaged') t.fail(`a file cut after ${length} characters is ${reading.kind}`);
  }
  for (const [what, text] of [
    ['a record was changed', whole.replace('number 3', 'number 4')],
    ['a record is missing', whole.replace('{"word":"number 2"}\n', '')],
    ['a line follows the end', `${whole}{"word":"more"}\n`],
  ] as const) {
    writeFileSync(file, text);
    t.equal((await read()).reading.kind, 'damaged', what);
  }
});

void t.test('treats a snapshot of another fold, version, border or log as foreign', async (t) => {
  const { store, file, bookmark, read } = await begin(t);
  writeSnapshot(file, { fold: FOLD, store: store.id, bookmark }, []);
  const others = {
    name: digestOfFold({ name: 'letters', version: 1, events: only(jobEvents, 'JobSubmitted') }),
    version: digestOfFold({ name: 'words', version: 2, events: only(jobEvents, 'JobSubmitted') }),
    events: digestOfFold({
      name: 'words',
      version: 1,
      events: only(jobEvents, 'JobSubmitted', 'JobStopped'),
    }),
    border: digestOfFold({ name: 'words', version: 1, events: only(jobEvents, 'JobSubmitted'), border: 7n }),
  };
  for (const [what, fold] of Object.entries(others))
    t.same((await read(store, fold)).reading, { kind: 'foreign' }, what);
  const { store: other } = await begin(
    t,
    createMemoryEventStore({ id: '00000000-0000-4000-8000-00000000000f' }),
  );
  t.same((await read(other)).reading, { kind: 'foreign' }, 'log');
});

void t.test('treats a snapshot whose event is not in the log as foreign', async (t) => {
  const { store, file, bookmark, read } = await begin(t);
  const gone: [string, Bookmark][] = [
    ['another id', { ...bookmark, id: v4() }],
    ['another position', { ...bookmark, position: bookmark.position + 1n }],
    ['a log that was restored', { ...bookmark, revision: bookmark.revision + 5 }],
    ['no such stream', { ...bookmark, stream: 'job-b' }],
    ['a stream that cannot be read', { ...bookmark, stream: '$$job-a' }],
  ];
  for (const [what, marked] of gone) {
    writeSnapshot(file, { fold: FOLD, store: store.id, bookmark: marked }, []);
    t.same((await read()).reading, { kind: 'foreign' }, what);
  }
});

void t.test("finds the snapshot's event in the log through the event before it", async (t) => {
  const { store, file, read } = await begin(t);
  await store.append({
    stream: 'others-x',
    expected: 'no_stream',
    events: [{ id: v4(), type: 'theirs', data: '{}', metadata: '{}' }],
  });
  const positions: bigint[] = [];
  const marks: Bookmark[] = [];
  for await (const page of store.readAll()) {
    for (const { position, id } of page) {
      marks.push({ position, id, previous: positions.at(-1) });
      positions.push(position);
    }
  }
  for (const bookmark of marks) {
    writeSnapshot(file, { fold: FOLD, store: store.id, bookmark }, []);
    t.strictSame((await read()).reading, { kind: 'read', bookmark });
    writeSnapshot(file, { fold: FOLD, store: store.id, bookmark: { ...bookmark, id: v4() } }, []);
    t.strictSame((await read()).reading, { kind: 'foreign' });
  }
});

void t.test('is written in slices, and replaces the old file only when complete', async (t) => {
  const { store, file, bookmark, read } = await begin(t);
  const words = (count: number) =>
    Array.from({ length: count }, (_, n) => ({ word: `${n}`.padEnd(1000, '-') }));
  writeSnapshot(file, { fold: FOLD, store: store.id, bookmark }, words(3));
  const writing = writingSnapshot(file, { fold: FOLD, store: store.id, bookmark }, words(3000));
  t.equal(writing.next().done, false, 'writing yields to other work');
  t.equal((await read()).records.length, 3);
  while (writing.next().done !== true);
  t.equal((await read()).records.length, 3000);
  const broken = (function* () {
    yield { word: 'one' };
    throw new Error('a defect');
  })();
  t.throws(() => writeSnapshot(file, { fold: FOLD, store: store.id, bookmark }, broken), /a defect/);
  t.equal((await read()).records.length, 3000);
  t.strictSame(readdirSync(join(file, '..')), ['words.ndjson'], 'no temporary file is left');
  t.ok(existsSync(file));
});
