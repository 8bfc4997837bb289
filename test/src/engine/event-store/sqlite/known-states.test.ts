import { join } from 'node:path';
import t from 'tap';
import { openSqliteEventStore } from '#src/engine/event-store/index.js';
import { KnownStates } from '#src/engine/event-store/sqlite/known-states.js';
import { LOG_FILE } from '#src/engine/event-store/sqlite/schema.js';
import { Sqlite } from '#src/engine/sqlite.js';
import { newEvent, newStream, revisions } from '../../../../contract/event-store/fixture.js';

const STATE = { head: 0, truncateBefore: 0, tombstoned: false };

void t.test('caches the states of a limited number of streams until the next write', (t) => {
  let writes = 0;
  const looks: string[] = [];
  const look = (stream: string) => {
    looks.push(stream);
    return { ...STATE, head: looks.length };
  };
  const states = new KnownStates(() => writes, look, 2);
  t.equal(states.of('a').head, 1);
  t.equal(states.of('a').head, 1);
  writes += 1;
  t.equal(states.of('a').head, 2, 'the write may have changed the stream');
  states.of('b');
  states.of('c');
  t.equal(states.of('a').head, 5, 'beyond the limit, the least recently used stream is looked up again');
  t.same(looks, ['a', 'a', 'b', 'c', 'a']);
  t.end();
});

void t.test('looks a state up again after a write during its lookup', (t) => {
  let writes = 0;
  const states = new KnownStates(
    () => writes,
    () => ({ ...STATE, head: writes++ }),
  );
  t.same([states.of('a').head, states.of('a').head], [0, 1]);
  t.end();
});

void t.test('reflects appends, truncations and deletions immediately', async (t) => {
  const directory = t.testdir();
  const store = await openSqliteEventStore({ directory });
  t.teardown(() => store.close());
  const [stream, other] = [newStream(), newStream()];
  for (let revision = 0; revision < 3; revision += 1) {
    await store.append({
      stream,
      expected: revision === 0 ? 'no_stream' : revision - 1,
      events: [newEvent()],
    });
    t.equal((await revisions(store, stream)).length, revision + 1);
    t.same(await revisions(store, other), []);
  }
  await store.truncateBefore(stream, 2);
  t.same(await revisions(store, stream), [2]);
  await store.deleteStream(stream, 2);
  t.same(await revisions(store, stream), []);
  await store.append({ stream: other, expected: 'no_stream', events: [newEvent()] });
  t.same(await revisions(store, other), [0]);
  await store.tombstoneStream(other, 0);
  await t.rejects(revisions(store, other), { code: 'MUSTER_E_STREAM_DELETED' });
});

void t.test('does not query the database again until the next write', async (t) => {
  const directory = t.testdir();
  const store = await openSqliteEventStore({ directory });
  t.teardown(() => store.close());
  const stream = newStream();
  await store.append({ stream, expected: 'no_stream', events: [newEvent()] });
  t.same(await revisions(store, stream), [0]);
  // Change the file without the writer's knowledge, so that a query would show it.
  const behind = new Sqlite(join(directory, LOG_FILE));
  behind.prepare('INSERT INTO streams VALUES (?, 1, 0)').run(stream);
  behind.close();
  t.same(await revisions(store, stream), [0]);
  await store.append({ stream: newStream(), expected: 'no_stream', events: [newEvent()] });
  t.same(await revisions(store, stream), []);
});
