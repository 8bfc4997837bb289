import { randomUUID } from 'node:crypto';
import { isMusterError } from '#domain/kernel/errors/index.js';
import type { EventStore, NewEvent } from '#domain/kernel/ports/event-store.js';
import {
  fill,
  gather,
  ids,
  newCategory,
  newEvent,
  newEvents,
  newStream,
  refused,
  revisions,
  type Tap,
} from './fixture.js';

export async function appendContract(t: Tap, store: EventStore): Promise<void> {
  await t.test('revisions start at 0 and have no gaps, and positions increase', async (t) => {
    const stream = newStream();
    const first = await store.append({ stream, expected: 'no_stream', events: newEvents(1) });
    const second = await store.append({ stream, expected: 0, events: newEvents(3) });
    t.equal(first.revision, 0);
    t.equal(second.revision, 3);
    t.ok(second.position > first.position);
    const read = await gather(store.readStream(stream));
    t.strictSame(
      read.map((event) => event.revision),
      [0, 1, 2, 3],
    );
    t.equal(read[0]?.position, first.position);
    t.equal(read[3]?.position, second.position);
  });

  await t.test('an event is read back as it was sent', async (t) => {
    const stream = newStream();
    const event = {
      id: randomUUID(),
      type: 'Odd',
      data: JSON.stringify({ text: '作业不存在 😀 \u0000 "\\', big: 2 ** 53, nested: [null, { a: 1.5 }] }),
      metadata: JSON.stringify({ $correlationId: 'c', $causationId: 'd', at: 1, v: 1 }),
    };
    const { position } = await store.append({ stream, expected: 'no_stream', events: [event] });
    const [read] = await gather(store.readStream(stream));
    t.match(read, { ...event, stream, revision: 0, position });
    t.type(read?.position, 'bigint');
    t.type(read?.created, 'number');
  });

  await t.test(
    'refuses an append at a revision other than the current one, and writes nothing',
    async (t) => {
      const stream = newStream();
      await refused(
        t,
        store.append({ stream, expected: 0, events: newEvents(1) }),
        'MUSTER_E_WRONG_REVISION',
        {
          stream,
          actual: 'no_stream',
          expected: 0,
        },
      );
      await store.append({ stream, expected: 'no_stream', events: newEvents(2) });
      await refused(
        t,
        store.append({ stream, expected: 'no_stream', events: newEvents(1) }),
        'MUSTER_E_WRONG_REVISION',
        {
          actual: 1,
          expected: 'no_stream',
        },
      );
      await refused(
        t,
        store.append({ stream, expected: 0, events: newEvents(1) }),
        'MUSTER_E_WRONG_REVISION',
        {
          actual: 1,
          expected: 0,
        },
      );
      await refused(
        t,
        store.append({ stream, expected: 7, events: newEvents(1) }),
        'MUSTER_E_WRONG_REVISION',
        {
          actual: 1,
          expected: 7,
        },
      );
      t.strictSame(await revisions(store, stream), [0, 1]);
    },
  );

  await t.test('a repeated append returns the first result and is written only once', async (t) => {
    const stream = newStream();
    const first = newEvents(2);
    const second = newEvents(2);
    const firstAnswer = await store.append({ stream, expected: 'no_stream', events: first });
    const secondAnswer = await store.append({ stream, expected: 1, events: second });
    t.strictSame(await store.append({ stream, expected: 'no_stream', events: first }), firstAnswer);
    t.strictSame(await store.append({ stream, expected: 1, events: second }), secondAnswer);
    t.strictSame(ids(await gather(store.readStream(stream))), [...ids(first), ...ids(second)]);
  });

  await t.test('repeating consecutive events of an append counts as a repetition', async (t) => {
    const stream = newStream();
    const events = newEvents(3);
    await store.append({ stream, expected: 'no_stream', events });
    t.equal((await store.append({ stream, expected: 'no_stream', events: events.slice(0, 2) })).revision, 1);
    t.equal((await store.append({ stream, expected: 0, events: events.slice(1) })).revision, 2);
  });

  await t.test('an append is recognized as a repetition by its event ids alone', async (t) => {
    const stream = newStream();
    const event = newEvent('Tested', { n: 1 });
    const answer = await store.append({ stream, expected: 'no_stream', events: [event] });
    t.strictSame(
      await store.append({ stream, expected: 'no_stream', events: [{ ...event, data: '{"n":2}' }] }),
      answer,
    );
    t.equal((await gather(store.readStream(stream)))[0]?.data, event.data);
  });

  await t.test('refuses an append that mixes stored and new events, or changes their order', async (t) => {
    const stream = newStream();
    const [a, b] = newEvents(2);
    if (a === undefined || b === undefined) throw new Error('two events');
    await store.append({ stream, expected: 'no_stream', events: [a, b] });
    await refused(
      t,
      store.append({ stream, expected: 'no_stream', events: [a, newEvent()] }),
      'MUSTER_E_WRONG_REVISION',
    );
    await refused(
      t,
      store.append({ stream, expected: 'no_stream', events: [a, b, newEvent()] }),
      'MUSTER_E_WRONG_REVISION',
    );
    await refused(
      t,
      store.append({ stream, expected: 'no_stream', events: [newEvent(), b] }),
      'MUSTER_E_WRONG_REVISION',
    );
    await refused(
      t,
      store.append({ stream, expected: 'no_stream', events: [b, a] }),
      'MUSTER_E_WRONG_REVISION',
    );
    t.strictSame(await revisions(store, stream), [0, 1]);
  });

  await t.test('the same ids at the current revision are appended as new events', async (t) => {
    const stream = newStream();
    const event = newEvent();
    await store.append({ stream, expected: 'no_stream', events: [event] });
    t.equal((await store.append({ stream, expected: 0, events: [event] })).revision, 1);
  });

  await t.test('the same id in another stream is not a repetition', async (t) => {
    const event = newEvent();
    const streams = [newStream(), newStream()];
    for (const stream of streams) await store.append({ stream, expected: 'no_stream', events: [event] });
    for (const stream of streams) t.strictSame(ids(await gather(store.readStream(stream))), [event.id]);
  });

  await t.test('exactly one of many concurrent appends at the same revision succeeds', async (t) => {
    const stream = newStream();
    await store.append({ stream, expected: 'no_stream', events: newEvents(1) });
    const attempts = Array.from({ length: 20 }, () => newEvents(2));
    const outcomes = await Promise.allSettled(
      attempts.map((events) => store.append({ stream, expected: 0, events })),
    );
    const taken = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    t.equal(taken.length, 1);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') t.ok(isMusterError(outcome.reason, 'MUSTER_E_WRONG_REVISION'));
    }
    t.strictSame(await revisions(store, stream), [0, 1, 2]);
  });

  await t.test('the same append sent many times at once is written once', async (t) => {
    const stream = newStream();
    const events = newEvents(2);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => store.append({ stream, expected: 'no_stream', events })),
    );
    for (const answer of answers) t.strictSame(answer, answers[0]);
    t.strictSame(await revisions(store, stream), [0, 1]);
  });

  await t.test(
    'concurrent appends to many streams all succeed, and the events of each are adjacent in the log',
    async (t) => {
      const category = newCategory();
      const streams = Array.from({ length: 50 }, () => newStream(category));
      await Promise.all(
        streams.map((stream) => store.append({ stream, expected: 'no_stream', events: newEvents(3) })),
      );
      const all = await gather(store.readAll({ filter: { streamPrefixes: [`${category}-`] } }));
      t.equal(all.length, 150);
      for (let at = 0; at < all.length; at += 3) {
        t.equal(new Set(all.slice(at, at + 3).map((event) => event.stream)).size, 1);
      }
    },
  );

  await t.test('refuses an append over the limits and accepts one within them', async (t) => {
    const stream = newStream();
    await refused(
      t,
      store.append({ stream, expected: 'no_stream', events: newEvents(201) }),
      'MUSTER_E_APPEND_TOO_LARGE',
      { events: 201 },
    );
    const large = { ...newEvent(), data: JSON.stringify('x'.repeat(256 * 1024)) };
    await refused(
      t,
      store.append({ stream, expected: 'no_stream', events: [large] }),
      'MUSTER_E_APPEND_TOO_LARGE',
    );
    t.strictSame(await revisions(store, stream), []);
    await fill(store, stream, 200);
    const nearly = { ...newEvent(), data: JSON.stringify('x'.repeat(255 * 1024)) };
    t.equal((await store.append({ stream, expected: 199, events: [nearly] })).revision, 200);
    t.equal((await gather(store.readStream(stream, { from: 200 })))[0]?.data.length, nearly.data.length);
  });

  await t.test('refuses invalid arguments', async (t) => {
    const stream = newStream();
    const append = (change: { stream?: string; expected?: number; events?: NewEvent[] }) =>
      store.append({ stream, expected: 'no_stream', events: newEvents(1), ...change });
    await refused(t, append({ events: [] }), 'MUSTER_E_INVALID', { field: 'events' });
    await refused(t, append({ events: [{ ...newEvent(), id: 'not-a-uuid' }] }), 'MUSTER_E_INVALID', {
      field: 'events.id',
    });
    await refused(t, append({ events: [{ ...newEvent(), type: '' }] }), 'MUSTER_E_INVALID', {
      field: 'events.type',
    });
    for (const name of ['', '$all', 'a\0b', 'lone-\ud800', 'x'.repeat(513)])
      await refused(t, append({ stream: name }), 'MUSTER_E_INVALID', { field: 'stream' });
    for (const expected of [-1, 1.5, NaN])
      await refused(t, append({ expected }), 'MUSTER_E_INVALID', { field: 'expected' });
    await refused(t, store.truncateBefore(stream, -1), 'MUSTER_E_INVALID', { field: 'before' });
    t.strictSame(await revisions(store, stream), []);
  });
}
