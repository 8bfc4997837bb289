import type { EventStore } from '#domain/kernel/ports/event-store.js';
import {
  fill,
  gather,
  ids,
  newCategory,
  newEvents,
  newStream,
  refused,
  revisions,
  type Tap,
} from './fixture.js';

export async function deletionContract(t: Tap, store: EventStore): Promise<void> {
  await t.test('a soft-deleted stream reads as absent, and its events remain in the log', async (t) => {
    const category = newCategory();
    const stream = newStream(category);
    const sent = await fill(store, stream, 3);
    await store.deleteStream(stream, 2);
    t.strictSame(await revisions(store, stream), []);
    t.strictSame(await revisions(store, stream, { direction: 'backwards' }), []);
    t.strictSame(
      ids(await gather(store.readAll({ filter: { streamPrefixes: [`${category}-`] } }))),
      ids(sent),
    );
  });

  await t.test('a soft-deleted stream continues at the next revision', async (t) => {
    for (const expected of ['no_stream', 2] as const) {
      const stream = newStream();
      await fill(store, stream, 3);
      await store.deleteStream(stream, 2);
      const events = newEvents(2);
      t.equal((await store.append({ stream, expected, events })).revision, 4);
      t.strictSame(await revisions(store, stream), [3, 4]);
      t.strictSame(ids(await gather(store.readStream(stream))), ids(events));
      t.equal((await store.append({ stream, expected: 4, events: newEvents(1) })).revision, 5);
    }
  });

  await t.test('refuses an append to a soft-deleted stream at a wrong revision', async (t) => {
    const stream = newStream();
    await fill(store, stream, 3);
    await store.deleteStream(stream, 2);
    await refused(t, store.append({ stream, expected: 1, events: newEvents(1) }), 'MUSTER_E_WRONG_REVISION');
    await refused(t, store.append({ stream, expected: 3, events: newEvents(1) }), 'MUSTER_E_WRONG_REVISION');
    t.strictSame(await revisions(store, stream), []);
  });

  await t.test('refuses a deletion at a wrong revision, and deletes nothing', async (t) => {
    const stream = newStream();
    await fill(store, stream, 3);
    for (const expected of ['no_stream', 1, 5] as const) {
      await refused(t, store.deleteStream(stream, expected), 'MUSTER_E_WRONG_REVISION');
      await refused(t, store.tombstoneStream(stream, expected), 'MUSTER_E_WRONG_REVISION');
    }
    await refused(t, store.deleteStream(newStream(), 0), 'MUSTER_E_WRONG_REVISION');
    t.strictSame(await revisions(store, stream), [0, 1, 2]);
  });

  await t.test('a tombstoned stream can never be used again', async (t) => {
    const category = newCategory();
    const stream = newStream(category);
    const sent = await fill(store, stream, 2);
    await store.tombstoneStream(stream, 1);
    await refused(t, gather(store.readStream(stream)), 'MUSTER_E_STREAM_DELETED', { stream });
    for (const expected of ['no_stream', 1, 2] as const) {
      await refused(t, store.append({ stream, expected, events: newEvents(1) }), 'MUSTER_E_STREAM_DELETED');
    }
    await refused(
      t,
      store.append({ stream, expected: 'no_stream', events: sent }),
      'MUSTER_E_STREAM_DELETED',
    );
    await refused(t, store.deleteStream(stream, 1), 'MUSTER_E_STREAM_DELETED');
    await refused(t, store.tombstoneStream(stream, 1), 'MUSTER_E_STREAM_DELETED');
    await refused(t, store.truncateBefore(stream, 1), 'MUSTER_E_STREAM_DELETED');
    t.strictSame(
      ids(await gather(store.readAll({ filter: { streamPrefixes: [`${category}-`] } }))),
      ids(sent),
    );
  });

  await t.test('a stream that never existed can be tombstoned, and so can a soft-deleted one', async (t) => {
    const unused = newStream();
    await store.tombstoneStream(unused, 'no_stream');
    await refused(
      t,
      store.append({ stream: unused, expected: 'no_stream', events: newEvents(1) }),
      'MUSTER_E_STREAM_DELETED',
    );
    const deleted = newStream();
    await fill(store, deleted, 1);
    await store.deleteStream(deleted, 0);
    await store.tombstoneStream(deleted, 0);
    await refused(t, gather(store.readStream(deleted)), 'MUSTER_E_STREAM_DELETED');
  });

  await t.test('a truncated stream is read from its truncation point, in both directions', async (t) => {
    const category = newCategory();
    const stream = newStream(category);
    const sent = await fill(store, stream, 6);
    await store.truncateBefore(stream, 4);
    t.strictSame(await revisions(store, stream), [4, 5]);
    t.strictSame(await revisions(store, stream, { from: 1 }), [4, 5]);
    t.strictSame(await revisions(store, stream, { limit: 1 }), [4]);
    t.strictSame(await revisions(store, stream, { direction: 'backwards' }), [5, 4]);
    t.strictSame(await revisions(store, stream, { direction: 'backwards', from: 3 }), []);
    t.strictSame(
      ids(await gather(store.readAll({ filter: { streamPrefixes: [`${category}-`] } }))),
      ids(sent),
    );
    t.equal((await store.append({ stream, expected: 5, events: newEvents(1) })).revision, 6);
    t.strictSame(await revisions(store, stream), [4, 5, 6]);
  });

  await t.test('a fully truncated stream has no events and keeps its revision', async (t) => {
    const stream = newStream();
    const sent = await fill(store, stream, 3);
    await store.truncateBefore(stream, 3);
    t.strictSame(await revisions(store, stream), []);
    await refused(
      t,
      store.append({ stream, expected: 'no_stream', events: newEvents(1) }),
      'MUSTER_E_WRONG_REVISION',
    );
    t.equal(
      (await store.append({ stream, expected: 'no_stream', events: sent })).revision,
      2,
      'repeating truncated events still counts as a repetition',
    );
    t.equal((await store.append({ stream, expected: 2, events: newEvents(1) })).revision, 3);
    t.strictSame(await revisions(store, stream), [3]);
  });
}
