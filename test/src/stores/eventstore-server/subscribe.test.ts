import { type ClientReadableStream, type ServiceError } from '@grpc/grpc-js';
import t, { type Test } from 'tap';
import { openSqliteEventStore } from '#src/engine/event-store/index.js';
import { startWireServer } from '#src/stores/eventstore-server/server.js';
import type { Streams } from '#src/stores/eventstore-server/stubs.js';
import { connectWireLog } from '#src/engine/event-store/sqlite/wire-log.js';
import type { WireLog } from '#src/engine/event-store/wire-log.js';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { allRead, filterOf, lineOf, RawWire, streamRead } from '../../../fixtures/raw-wire.js';
import { servedStore } from '../../../fixtures/wire-server.js';

t.setTimeout(180_000 * PATIENCE);

const MAX_UINT64 = '18446744073709551615';
const MAX_INT64 = '9223372036854775807';
const follow = { count: 'subscription' } as const;

/** An open subscription that records each message as a line. */
class Listener {
  readonly lines: string[] = [];
  readonly end: Promise<ServiceError>;
  readonly #call: ClientReadableStream<Streams.ReadResp>;
  #heard: () => void = () => undefined;

  constructor(t: Test, wire: RawWire, request: Streams.ReadReq) {
    this.#call = wire.openRead(request);
    this.#call.on('data', (message: Streams.ReadResp) => {
      this.lines.push(lineOf(message));
      this.#heard();
    });
    this.end = new Promise((resolve) => {
      this.#call.on('error', (error: ServiceError) => {
        resolve(error);
        this.#heard();
      });
    });
    t.teardown(() => this.#call.cancel());
  }

  /** Waits for a line, and returns all lines up to it. */
  async upTo(last: string): Promise<string[]> {
    while (!this.lines.includes(last)) {
      await new Promise<void>((resolve) => {
        this.#heard = resolve;
      });
    }
    return this.lines.slice(0, this.lines.indexOf(last) + 1);
  }
}

async function open(t: Test): Promise<RawWire> {
  return new RawWire(t, (await servedStore(t)).server.port);
}

const fill = (wire: RawWire, stream: string, count: number) =>
  wire.append(
    stream,
    'any',
    Array.from({ length: count }, () => ({})),
  );
const e = (stream: string, ...revisions: (number | string)[]) =>
  revisions.map((revision) => `E ${stream}@${revision} E`);

void t.test(
  'confirms a stream subscription, sends history, reports the end, then sends new events',
  async (t) => {
    const wire = await open(t);
    await fill(wire, 's', 3);
    const cases = {
      start: new Listener(t, wire, streamRead('s', 'start', follow)),
      'revision 0': new Listener(t, wire, streamRead('s', 0, follow)),
      end: new Listener(t, wire, streamRead('s', 'end', follow)),
      'the largest uint64': new Listener(t, wire, streamRead('s', MAX_UINT64, follow)),
      'far beyond': new Listener(t, wire, streamRead('s', 4, follow)),
    };
    for (const listener of Object.values(cases)) await listener.upTo('caught up');
    await fill(wire, 's', 3);
    const heard: Record<keyof typeof cases, string[]> = {
      start: ['confirmed', ...e('s', 0, 1, 2), 'caught up', ...e('s', 3, 4, 5)],
      'revision 0': ['confirmed', ...e('s', 1, 2), 'caught up', ...e('s', 3, 4, 5)],
      end: ['confirmed', 'caught up', ...e('s', 3, 4, 5)],
      'the largest uint64': ['confirmed', 'caught up', ...e('s', 3, 4, 5)],
      'far beyond': ['confirmed', 'caught up', ...e('s', 5)],
    };
    for (const [name, listener] of Object.entries(cases))
      t.strictSame(await listener.upTo('E s@5 E'), heard[name as keyof typeof cases], name);
    t.match(await new Listener(t, wire, streamRead('s', MAX_INT64, follow)).end, { code: 2 });
  },
);

void t.test('waits until a missing stream is created', async (t) => {
  const wire = await open(t);
  await fill(wire, 'deleted', 3);
  await wire.delete('delete', 'deleted', 'any');
  for (const [stream, first] of [
    ['missing', 0],
    ['deleted', 3],
  ] as const) {
    const start = new Listener(t, wire, streamRead(stream, 'start', follow));
    const behind = new Listener(t, wire, streamRead(stream, first, follow));
    const end = new Listener(t, wire, streamRead(stream, 'end', follow));
    await end.upTo('caught up');
    await start.upTo('confirmed');
    await behind.upTo('confirmed');
    t.strictSame(
      [start.lines, behind.lines],
      [['confirmed'], ['confirmed']],
      'a subscription to a missing stream is confirmed but has not caught up',
    );
    await fill(wire, stream, 2);
    t.strictSame(await start.upTo('caught up'), ['confirmed', ...e(stream, first, first + 1), 'caught up']);
    t.strictSame(await behind.upTo('caught up'), ['confirmed', ...e(stream, first + 1), 'caught up']);
    t.strictSame(await end.upTo(`E ${stream}@${first + 1} E`), [
      'confirmed',
      'caught up',
      ...e(stream, first, first + 1),
    ]);
  }
});

void t.test('survives a soft delete, and ends at a tombstone', async (t) => {
  const wire = await open(t);
  await fill(wire, 's', 2);
  const listener = new Listener(t, wire, streamRead('s', 'start', follow));
  await listener.upTo('caught up');
  await wire.delete('delete', 's', 'any');
  await fill(wire, 's', 1);
  await listener.upTo('E s@2 E');
  await wire.delete('tombstone', 's', 'any');
  t.match(await listener.end, { code: 9, metadata: {} });
  t.strictSame(listener.lines, [
    'confirmed',
    ...e('s', 0, 1),
    'caught up',
    ...e('s', 2),
    `E s@${MAX_INT64} $streamDeleted`,
  ]);
  t.match(await new Listener(t, wire, streamRead('s', 'start', follow)).end, { code: 9 });
  t.match(await new Listener(t, wire, streamRead('s', 1, follow)).end, { code: 9 });
  const dead = new Listener(t, wire, streamRead('s', 'end', follow));
  t.strictSame(await dead.upTo('caught up'), ['confirmed', 'caught up']);
});

void t.test('sends new events even if metadata truncates them', async (t) => {
  const wire = await open(t);
  await fill(wire, 's', 5);
  await wire.append('$$s', 'any', [{ type: '$metadata', data: '{"$maxCount":2}' }]);
  const listener = new Listener(t, wire, streamRead('s', 'start', follow));
  t.strictSame(await listener.upTo('caught up'), ['confirmed', ...e('s', 3, 4), 'caught up']);
  await wire.append('$$s', 'any', [{ type: '$metadata', data: '{"$tb":100}' }]);
  await fill(wire, 's', 1);
  t.strictSame((await listener.upTo('E s@5 E')).slice(-1), e('s', 5));
});

void t.test(
  'starts a subscription to $all after the given position, with the events of all streams',
  async (t) => {
    const wire = await open(t);
    for (const stream of ['a', 'b', '$own', 'a']) await fill(wire, stream, 1);
    const cases = {
      start: new Listener(t, wire, allRead('start', follow)),
      'position 0': new Listener(t, wire, allRead([0, 0], follow)),
      'position 2': new Listener(t, wire, allRead([2, 2], follow)),
      end: new Listener(t, wire, allRead('end', follow)),
      'beyond the end': new Listener(t, wire, allRead([1000, 1000], follow)),
    };
    for (const listener of Object.values(cases)) await listener.upTo('caught up');
    await fill(wire, 'live', 1);
    const all = ['E a@0 E', 'E b@0 E', 'E $own@0 E', 'E a@1 E'];
    const heard: Record<keyof typeof cases, string[]> = {
      start: all,
      'position 0': all,
      'position 2': all.slice(2),
      end: [],
      'beyond the end': [],
    };
    for (const [name, listener] of Object.entries(cases)) {
      t.strictSame(
        await listener.upTo('E live@0 E'),
        ['confirmed', ...heard[name as keyof typeof cases], 'caught up', 'E live@0 E'],
        name,
      );
    }
    t.match(await new Listener(t, wire, allRead([2, 3], follow)).end, { code: 2 });
  },
);

void t.test('reports the position of a filtered subscription per page, then per event', async (t) => {
  const wire = await open(t);
  const filter = (what: Parameters<typeof filterOf>[0]) =>
    allRead('start', { ...follow, filter: filterOf({ on: 'stream', prefixes: ['wanted'], ...what }) });
  for (let n = 0; n < 25; n += 1) await fill(wire, n === 4 || n === 13 ? 'wanted' : 'other', 1);
  const byTens = new Listener(t, wire, filter({ window: 10, multiplier: 1 }));
  t.strictSame(await byTens.upTo('caught up'), [
    'confirmed',
    'E wanted@0 E',
    'checkpoint 5/5',
    'E wanted@1 E',
    'checkpoint 14/14',
    'caught up',
  ]);
  const rarely = new Listener(t, wire, filter({ window: 10, multiplier: 2 }));
  t.strictSame(await rarely.upTo('caught up'), [
    'confirmed',
    'E wanted@0 E',
    'E wanted@1 E',
    'checkpoint 14/14',
    'caught up',
  ]);
  const nothing = new Listener(t, wire, filter({ prefixes: ['none'], window: 10 }));
  t.strictSame(
    await nothing.upTo('caught up'),
    ['confirmed', 'checkpoint 0/0', 'checkpoint 10/0', 'caught up'],
    'without a match, the checkpoint is the start of the page',
  );
  // Five of the 25 events came after the last checkpoint, so the fifth live event completes the next ten.
  for (let n = 0; n < 4; n += 1) await fill(wire, 'other', 1);
  await fill(wire, 'wanted', 1);
  t.strictSame((await byTens.upTo('checkpoint 30/30')).slice(-2), ['E wanted@2 E', 'checkpoint 30/30']);
  t.match(await new Listener(t, wire, filter({ window: 10, multiplier: 0 })).end, { code: 2 });
});

void t.test('sends the first checkpoint only after a whole interval if it starts at the end', async (t) => {
  const wire = await open(t);
  await fill(wire, 'before', 7);
  const filter = filterOf({ on: 'type', regex: '^Never$', window: 10 });
  const listener = new Listener(t, wire, allRead('end', { ...follow, filter }));
  await listener.upTo('caught up');
  for (let n = 0; n < 25; n += 1) await fill(wire, 'other', 1);
  t.strictSame(await listener.upTo('checkpoint 27/27'), [
    'confirmed',
    'caught up',
    'checkpoint 17/17',
    'checkpoint 27/27',
  ]);
});

void t.test('resumes from a checkpoint without loss or duplicates', async (t) => {
  const wire = await open(t);
  for (let n = 0; n < 60; n += 1) await fill(wire, n % 7 === 0 ? 'wanted' : 'other', 1);
  const filter = filterOf({ on: 'stream', prefixes: ['wanted'], window: 5 });
  const whole = await new Listener(t, wire, allRead('start', { ...follow, filter })).upTo('caught up');
  const events = (lines: readonly string[]) => lines.filter((line) => line.startsWith('E '));
  for (const [n, line] of whole.entries()) {
    const [, commit, prepare] = /^checkpoint (\d+)\/(\d+)$/.exec(line) ?? [];
    if (commit === undefined || prepare === undefined) continue;
    const rest = await new Listener(t, wire, allRead([commit, prepare], { ...follow, filter })).upTo(
      'caught up',
    );
    t.strictSame([...events(whole.slice(0, n)), ...events(rest)], events(whole), line);
  }
});

void t.test('stops reading for a slow subscriber until it consumes events', async (t) => {
  const store = await openSqliteEventStore({ directory: ownFolder(t) });
  const log = connectWireLog(store.handle());
  let furthest = 0;
  const watched: WireLog = {
    ...log,
    forwards(after, limit) {
      const page = log.forwards(after, limit);
      furthest = Math.max(furthest, Number(page.at(-1)?.position ?? 0));
      return page;
    },
  };
  const server = await startWireServer({ log: watched, host: '127.0.0.1', port: 0 });
  t.teardown(async () => {
    await server.close();
    await store.close();
  });
  const wire = new RawWire(t, server.port);
  const data = `"${'x'.repeat(10_000)}"`;
  for (let n = 0; n < 20; n += 1)
    await wire.append(
      'big',
      'any',
      Array.from({ length: 100 }, () => ({ data })),
    );
  const call = wire.openRead(allRead('start', follow));
  t.teardown(() => call.cancel());
  call.on('error', () => undefined);
  const stopped = new Promise<void>((resolve) => {
    call.once('data', () => {
      call.pause();
      resolve();
    });
  });
  await stopped;
  for (let n = 0; n < 20; n += 1) await wire.append('other', 'any', [{}]);
  t.ok(furthest < 1000, `${furthest} of 2,000 large events were read for a client that consumed one`);
  let count = 0;
  const heard = new Promise<void>((resolve) => {
    call.on('data', (message: Streams.ReadResp) => {
      if (message.hasEvent()) count += 1;
      if (count === 2020) resolve();
    });
  });
  call.resume();
  await heard;
});
