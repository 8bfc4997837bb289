import { setImmediate as immediate } from 'node:timers/promises';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import {
  fill,
  gather,
  ids,
  newCategory,
  newEvent,
  newEvents,
  newStream,
  revisions,
  type Tap,
} from './fixture.js';

export async function readContract(t: Tap, store: EventStore): Promise<void> {
  await t.test('an absent stream has no events, in either direction', async (t) => {
    const stream = newStream();
    t.strictSame(await revisions(store, stream), []);
    t.strictSame(await revisions(store, stream, { direction: 'backwards' }), []);
  });

  await t.test('a stream can be read in both directions, from any revision, up to a limit', async (t) => {
    const stream = newStream();
    await fill(store, stream, 10);
    t.strictSame(await revisions(store, stream), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    t.strictSame(await revisions(store, stream, { from: 7 }), [7, 8, 9]);
    t.strictSame(await revisions(store, stream, { from: 3, limit: 2 }), [3, 4]);
    t.strictSame(await revisions(store, stream, { from: 10 }), []);
    t.strictSame(await revisions(store, stream, { limit: 0 }), []);
    t.strictSame(await revisions(store, stream, { direction: 'backwards' }), [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
    t.strictSame(await revisions(store, stream, { direction: 'backwards', limit: 1 }), [9]);
    t.strictSame(await revisions(store, stream, { direction: 'backwards', from: 2 }), [2, 1, 0]);
    t.strictSame(await revisions(store, stream, { direction: 'backwards', from: 5, limit: 2 }), [5, 4]);
    t.strictSame(await revisions(store, stream, { direction: 'backwards', from: 50, limit: 2 }), [9, 8]);
  });

  await t.test('a long stream is read completely and in order, in pages', async (t) => {
    const stream = newStream();
    const sent = ids(await fill(store, stream, 2500));
    t.strictSame(ids(await gather(store.readStream(stream))), sent);
    t.strictSame(
      ids(await gather(store.readStream(stream, { direction: 'backwards' }))),
      [...sent].reverse(),
    );
    let pages = 0;
    for await (const page of store.readStream(stream)) {
      t.ok(page.length > 0);
      pages += 1;
      if (pages === 2) break;
    }
    t.equal(pages, 2, 'a read can be stopped before its end');
  });

  await t.test('the log can be read in both directions, from any position, up to a limit', async (t) => {
    const category = newCategory();
    const filter = { streamPrefixes: [`${category}-`] };
    const streams = [newStream(category), newStream(category)];
    const sent: string[] = [];
    for (let n = 0; n < 6; n += 1) {
      const stream = streams[n % 2] ?? '';
      const events = newEvents(2);
      await store.append({ stream, expected: n < 2 ? 'no_stream' : Math.floor(n / 2) * 2 - 1, events });
      sent.push(...ids(events));
    }
    const all = await gather(store.readAll({ filter }));
    t.strictSame(ids(all), sent);
    for (let n = 1; n < all.length; n += 1) t.ok((all[n]?.position ?? 0n) > (all[n - 1]?.position ?? 0n));
    const fifth = all[4]?.position ?? 0n;
    t.strictSame(
      ids(await gather(store.readAll({ filter, from: fifth }))),
      sent.slice(5),
      'a forward read excludes its starting position',
    );
    t.strictSame(ids(await gather(store.readAll({ filter, from: fifth, limit: 2 }))), sent.slice(5, 7));
    t.strictSame(ids(await gather(store.readAll({ filter, direction: 'backwards' }))), [...sent].reverse());
    t.strictSame(
      ids(await gather(store.readAll({ filter, direction: 'backwards', limit: 3 }))),
      sent.slice(-3).reverse(),
    );
    t.strictSame(
      ids(await gather(store.readAll({ filter, direction: 'backwards', from: fifth }))),
      sent.slice(0, 4).reverse(),
    );
    t.strictSame(await gather(store.readAll({ filter, limit: 0 })), []);

    const inclusive = true;
    t.strictSame(
      ids(await gather(store.readAll({ filter, from: fifth, inclusive }))),
      sent.slice(4),
      'an inclusive read includes its starting position',
    );
    t.strictSame(
      ids(await gather(store.readAll({ filter, from: fifth, inclusive, limit: 2 }))),
      sent.slice(4, 6),
    );
    t.strictSame(
      ids(await gather(store.readAll({ filter, direction: 'backwards', from: fifth, inclusive }))),
      sent.slice(0, 5).reverse(),
    );
    t.strictSame(
      ids(await gather(store.readAll({ filter, direction: 'backwards', from: fifth, inclusive, limit: 2 }))),
      sent.slice(3, 5).reverse(),
    );
    const head = (await store.head()) ?? 0n;
    t.strictSame(
      ids(await gather(store.readAll({ filter, direction: 'backwards', from: head, inclusive }))),
      [...sent].reverse(),
      'an inclusive backward read from the head includes the newest event',
    );
  });

  await t.test('the starting position of a read need not be the position of an event', async (t) => {
    const category = newCategory();
    const filter = { streamPrefixes: [`${category}-`] };
    const sent = ids(await fill(store, newStream(category), 3));
    const head = (await store.head()) ?? 0n;
    for (const inclusive of [false, true]) {
      for (const from of [
        head + 1n,
        head + 1000n,
        2n ** 53n + 1n,
        2n ** 63n - 1n,
        2n ** 63n,
        10n ** 19n - 1n,
      ]) {
        t.strictSame(ids(await gather(store.readAll({ filter, from, inclusive }))), [], `after ${from}`);
        t.strictSame(
          ids(await gather(store.readAll({ filter, direction: 'backwards', from, inclusive }))),
          [...sent].reverse(),
          `before ${from}`,
        );
        const [newest] = await gather(store.readAll({ direction: 'backwards', from, inclusive, limit: 1 }));
        t.equal(newest?.position, head, `the newest event before ${from}`);
      }
      for (const from of [0n, -1n]) {
        t.strictSame(ids(await gather(store.readAll({ filter, from, inclusive }))), sent, `after ${from}`);
        t.strictSame(
          ids(await gather(store.readAll({ filter, direction: 'backwards', from, inclusive }))),
          [],
          `before ${from}`,
        );
      }
    }
  });

  await t.test('a filter selects by stream prefix, by type, and by both', async (t) => {
    const category = newCategory();
    const other = newCategory();
    const start = await store.head();
    const from = start === undefined ? {} : { from: start };
    for (const name of [category, other, `${category}x`]) {
      await store.append({
        stream: newStream(name),
        expected: 'no_stream',
        events: [newEvent('Began'), newEvent('Ended')],
      });
    }
    const read = async (filter: { streamPrefixes?: string[]; types?: string[] }) =>
      (await gather(store.readAll({ ...from, filter }))).map(
        (event) => `${event.stream.split('-')[0] ?? ''} ${event.type}`,
      );
    t.strictSame(await read({ streamPrefixes: [`${category}-`] }), [
      `${category} Began`,
      `${category} Ended`,
    ]);
    t.strictSame(await read({ streamPrefixes: [`${category}-`, `${other}-`], types: ['Ended'] }), [
      `${category} Ended`,
      `${other} Ended`,
    ]);
    t.strictSame(await read({ streamPrefixes: [category], types: ['Began'] }), [
      `${category} Began`,
      `${category}x Began`,
    ]);
    t.strictSame(await read({ streamPrefixes: [newCategory()] }), []);
    t.strictSame(await read({ streamPrefixes: [`${category}-`], types: ['Never'] }), []);
  });

  await t.test('a prefix is matched literally, even if its characters are special elsewhere', async (t) => {
    const category = newCategory();
    const odd = `${category}%_*?[a]'"`;
    await store.append({ stream: `${odd}-1`, expected: 'no_stream', events: newEvents(1) });
    await store.append({ stream: `${category}abc-1`, expected: 'no_stream', events: newEvents(1) });
    const read = await gather(store.readAll({ filter: { streamPrefixes: [`${odd}-`] } }));
    t.strictSame(
      read.map((event) => event.stream),
      [`${odd}-1`],
    );
  });

  await t.test('names that differ in case or accents are different streams', async (t) => {
    const category = newCategory();
    const names = ['a', 'A', 'ä', 'a\u0308', '作业'].map((name) => `${category}-${name}`);
    for (const stream of names) await store.append({ stream, expected: 'no_stream', events: newEvents(1) });
    const read = await gather(store.readAll({ filter: { streamPrefixes: [`${category}-`] } }));
    t.strictSame(
      read.map((event) => event.stream),
      names,
    );
  });

  await t.test('the head is the position of the newest event', async (t) => {
    const before = await store.head();
    const { position } = await store.append({
      stream: newStream(),
      expected: 'no_stream',
      events: newEvents(2),
    });
    const after = await store.head();
    t.ok(after !== undefined && after >= position && (before === undefined || after > before));
  });

  await t.test('the head is never behind an event that a read has returned', async (t) => {
    let behind = 0;
    for (let round = 0; round < 100; round += 1) {
      const before = (await store.head()) ?? -1n;
      const appended = store.append({ stream: newStream(), expected: 'no_stream', events: newEvents(1) });
      let newest = before;
      // Reads of SQLite do not yield, so most of them see the event before the store hears of it.
      for (let reads = 0; newest <= before; reads += 1) {
        if (reads % 100 === 0) await immediate();
        newest =
          (await gather(store.readAll({ direction: 'backwards', limit: 1 }))).at(0)?.position ?? before;
      }
      if (((await store.head()) ?? -1n) < newest) behind += 1;
      await appended;
    }
    t.equal(behind, 0);
  });

  await t.test('an append is readable as soon as it returns', async (t) => {
    const stream = newStream();
    for (let n = 0; n < 50; n += 1) {
      await store.append({ stream, expected: n === 0 ? 'no_stream' : n - 1, events: newEvents(1) });
      t.strictSame(await revisions(store, stream, { direction: 'backwards', limit: 1 }), [n]);
    }
  });
}
