import t, { type Test } from 'tap';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { allRead, filterOf, RawWire, streamRead } from '../../../fixtures/raw-wire.js';
import { servedStore } from '../../../fixtures/wire-server.js';
import { streams } from '#src/stores/eventstore-server/stubs.js';
import { testClock } from './settable-clock.js';
import { openSqliteEventStore } from '#src/engine/event-store/index.js';
import { startWireServer } from '#src/stores/eventstore-server/server.js';
import { connectWireLog } from '#src/engine/event-store/sqlite/wire-log.js';
import { ownFolder } from '../../../fixtures/folder.js';
import type { WireLog } from '#src/engine/event-store/wire-log.js';

t.setTimeout(180_000 * PATIENCE);

const MAX_UINT64 = '18446744073709551615';
const GENERIC = 'Exception was thrown by handler.';

async function open(t: Test, options: Parameters<typeof servedStore>[1] = {}): Promise<RawWire> {
  return new RawWire(t, (await servedStore(t, options)).server.port);
}

/** Fills a stream with this many events of type E. */
async function fill(wire: RawWire, stream: string, count: number): Promise<void> {
  await wire.append(
    stream,
    'any',
    Array.from({ length: count }, () => ({})),
  );
}

const metadata = (wire: RawWire, stream: string, data: string): Promise<unknown> =>
  wire.append(`$$${stream}`, 'any', [{ type: '$metadata', data }]);

/** Returns the revisions that a read of a stream returns. */
async function revisions(wire: RawWire, ...read: Parameters<typeof streamRead>): Promise<string> {
  const { lines, end } = await wire.read(streamRead(...read));
  if (end !== 'ok') return `${end.code} ${end.details}`;
  return lines.map((line) => /^E [^@]+@(\d+) E$/.exec(line)?.[1] ?? line).join(' ');
}

void t.test('reads a stream from any revision in both directions', async (t) => {
  const wire = await open(t);
  await fill(wire, 's', 5);
  const back = { backwards: true };
  const cases: readonly (readonly [Parameters<typeof streamRead>, string])[] = [
    [['s', 'start'], '0 1 2 3 4'],
    [['s', 2], '2 3 4'],
    [['s', 1, { count: 2 }], '1 2'],
    [['s', 5], ''],
    [['s', 1000], ''],
    [['s', 'end'], '2 Unexpected ReadStreamResult: Error'],
    [['s', MAX_UINT64], '2 Unexpected ReadStreamResult: Error'],
    [['s', 'start', { count: 0 }], '2 Unexpected ReadStreamResult: Error'],
    [['s', 'end', back], '4 3 2 1 0'],
    [['s', 3, { ...back, count: 2 }], '3 2'],
    [['s', 99, back], '4 3 2 1 0'],
    [['s', MAX_UINT64, back], '4 3 2 1 0'],
    [['s', 'start', back], '0'],
    [['none', 'start'], 'not found none'],
    [['none', 'end', back], 'not found none'],
    [['s', 'unset'], `2 ${GENERIC}`],
    [
      ['s', 'start', { count: 'unset' }],
      '3 The combination of (Stream, None, Forwards, NoFilter) is invalid.',
    ],
    [
      ['s', 'start', { count: 'subscription', backwards: true }],
      '3 The combination of (Stream, Subscription, Backwards, NoFilter) is invalid.',
    ],
  ];
  for (const [read, answer] of cases) t.equal(await revisions(wire, ...read), answer, JSON.stringify(read));
  const odd = streamRead('s', 'start');
  odd.getOptions()?.clearNoFilter();
  t.match(await wire.read(odd), {
    end: { code: 3, details: 'The combination of (Stream, Count, Forwards, None) is invalid.' },
  });
  odd.getOptions()?.setFilter(filterOf({ on: 'type', prefixes: ['E'], window: 10 }));
  t.match(await wire.read(odd), {
    end: { code: 3, details: 'The combination of (Stream, Count, Forwards, Filter) is invalid.' },
  });
  t.match(await wire.read(new streams.ReadReq()), { end: { code: 2, details: GENERIC } });
});

void t.test('hides truncated events in reads of the stream, but not in reads of the log', async (t) => {
  const clock = testClock();
  const wire = await open(t, { clock });
  const cases: readonly (readonly [string, string])[] = [
    ['{"$maxCount":4}', '6 7 8 9'],
    ['{"$tb":7}', '7 8 9'],
    ['{"$tb":3,"$maxCount":2}', '8 9'],
    ['{"$tb":8,"$maxCount":5}', '8 9'],
    ['{"$tb":100}', ''],
    ['{"$maxAge":3600}', '0 1 2 3 4 5 6 7 8 9'],
    ['{}', '0 1 2 3 4 5 6 7 8 9'],
    ...['{"$maxCount":0}', '{"$tb":-1}', '{"$maxCount":"2"}', '["$tb"]', 'no JSON', ''].map(
      (data) => [data, '0 1 2 3 4 5 6 7 8 9'] as const,
    ),
  ];
  for (const [n, [data, shown]] of cases.entries()) {
    await fill(wire, `m-${n}`, 10);
    await metadata(wire, `m-${n}`, data);
    t.equal(await revisions(wire, `m-${n}`, 'start'), shown, data);
    t.equal(
      await revisions(wire, `m-${n}`, 'end', { backwards: true }),
      shown.split(' ').reverse().join(' '),
      `${data}, backwards`,
    );
  }
  t.equal(
    await revisions(wire, 'm-0', 2),
    '6 7 8 9',
    'a read from a truncated revision starts at the first available one',
  );
  t.equal(
    await revisions(wire, 'm-0', 2, { backwards: true }),
    '',
    'a backward read from a truncated revision returns nothing',
  );
  await fill(wire, 'm-4', 1);
  t.equal(
    await revisions(wire, 'm-4', 'start'),
    '',
    'an event appended before the truncation point is hidden too',
  );
  clock.ahead(3_601_000);
  t.equal(await revisions(wire, 'm-5', 'start'), '', 'all events have expired');
  await metadata(wire, 'm-0', '{"$maxCount":1}');
  t.strictSame(
    (await wire.read(streamRead('$$m-0', 'start'))).lines,
    ['E $$m-0@1 $metadata'],
    'only the newest metadata is returned',
  );
  t.ok(
    (await wire.read(allRead('start', { count: 1000 }))).lines.length > 100,
    'the log still has all events',
  );
});

void t.test('returns stream bounds to clients that request them', async (t) => {
  const clock = testClock();
  const wire = await open(t, { clock });
  const asking = (stream: string) => {
    const request = streamRead(stream, 'start', { count: 2 });
    request.getOptions()?.setControlOption(new streams.ReadReq.Options.ControlOption().setCompatibility(1));
    return request;
  };
  await fill(wire, 's', 10);
  t.strictSame((await wire.read(asking('s'))).lines, ['E s@0 E', 'E s@1 E', 'last 9']);
  await metadata(wire, 's', '{"$tb":100}');
  t.strictSame((await wire.read(asking('s'))).lines, ['first 100', 'first 10', 'last 9']);
  await fill(wire, 'old', 11);
  await metadata(wire, 'old', '{"$maxAge":1}');
  clock.ahead(2000);
  t.strictSame((await wire.read(asking('old'))).lines, ['first 11', 'last 10']);
});

void t.test('reports the first revision for a huge count only if no event is returned', async (t) => {
  const wire = await open(t);
  const asking = (stream: string, from: 'start' | number, count: string) => {
    const request = streamRead(stream, from, { count: 1 });
    request
      .getOptions()
      ?.setCount(count)
      .setControlOption(new streams.ReadReq.Options.ControlOption().setCompatibility(1));
    return request;
  };
  await fill(wire, 's', 3);
  for (const count of ['9007199254740993', '9223372036854775807', MAX_UINT64])
    t.strictSame(
      (await wire.read(asking('s', 'start', count))).lines,
      ['E s@0 E', 'E s@1 E', 'E s@2 E', 'last 2'],
      count,
    );
  t.strictSame((await wire.read(asking('s', 3, '9223372036854775807'))).lines, ['first 3', 'last 2']);
});

void t.test('sends the first revision before the events of a truncated first page', async (t) => {
  const wire = await open(t);
  const asking = async (stream: string, from: 'start' | number, count = 100): Promise<string[]> => {
    const request = streamRead(stream, from, { count });
    request.getOptions()?.setControlOption(new streams.ReadReq.Options.ControlOption().setCompatibility(1));
    return (await wire.read(request)).lines;
  };
  await fill(wire, 'cut', 34);
  await metadata(wire, 'cut', '{"$tb":32}');
  t.strictSame(await asking('cut', 'start'), ['first 32', 'E cut@32 E', 'E cut@33 E', 'last 33']);
  t.strictSame(
    await asking('cut', 1),
    ['E cut@32 E', 'E cut@33 E', 'last 33'],
    'no first revision is sent if the first page reaches the events',
  );
  await metadata(wire, 'cut', '{"$tb":31}');
  t.strictSame((await asking('cut', 'start')).slice(0, 1), ['E cut@31 E']);
  t.strictSame(
    (await asking('cut', 'start', 2)).slice(0, 1),
    ['first 31'],
    'a page is no larger than the requested count',
  );
  t.strictSame(
    (await wire.read(streamRead('cut', 'start', { count: 100 }))).lines.slice(0, 1),
    ['E cut@31 E'],
    'older clients get no first revision',
  );
});

void t.test('resolves a link if its target still exists', async (t) => {
  const wire = await open(t);
  await fill(wire, 'target', 3);
  await fill(wire, 'gone', 1);
  const to = (data: string) => ({ type: '$>', data, contentType: 'text/plain' });
  await wire.append('links', 'any', [to('1@target'), to('9@target'), to('0@gone'), to('nonsense'), {}]);
  await wire.delete('tombstone', 'gone', 'any');
  t.strictSame((await wire.read(streamRead('links', 'start'))).lines, [
    'E links@0 $>',
    'E links@1 $>',
    'E links@2 $>',
    'E links@3 $>',
    'E links@4 E',
  ]);
  t.strictSame((await wire.read(streamRead('links', 'start', { links: true }))).lines, [
    'E target@1 E by links@0 $>',
    'E nothing by links@1 $>',
    'E nothing by links@2 $>',
    'E links@3 $>',
    'E links@4 E',
  ]);
});

void t.test('reads the log from a position, inclusive forwards and exclusive backwards', async (t) => {
  const wire = await open(t);
  for (let n = 1; n <= 6; n += 1) await fill(wire, n % 2 === 0 ? 'even' : 'odd', 1);
  const positions = async (...read: Parameters<typeof allRead>): Promise<string> => {
    const call = wire.openRead(allRead(...read));
    const seen: string[] = [];
    try {
      for await (const message of call)
        seen.push(
          (message as InstanceType<typeof streams.ReadResp>).getEvent()?.getCommitPosition() ?? 'else',
        );
    } catch (error) {
      return `${(error as { code: number }).code} ${(error as { details: string }).details}`;
    }
    return seen.join(' ');
  };
  const back = { backwards: true };
  const even = (window: number | 'count') => filterOf({ on: 'stream', prefixes: ['even'], window });
  const cases: readonly (readonly [Parameters<typeof allRead>, string])[] = [
    [['start'], '1 2 3 4 5 6'],
    [['end'], ''],
    [[[3, 3]], '3 4 5 6'],
    [[[3, 0]], '3 4 5 6'],
    [[[0, 0]], '1 2 3 4 5 6'],
    [[[7, 7]], ''],
    [[[MAX_UINT64, MAX_UINT64]], ''],
    [[[2, 3]], `2 ${GENERIC}`],
    [['unset'], `2 ${GENERIC}`],
    [['end', back], '6 5 4 3 2 1'],
    [['start', back], ''],
    [[[3, 3], back], '2 1'],
    [[[99, 99], back], '2 Unexpected ReadAllResult: Error'],
    [[[MAX_UINT64, MAX_UINT64], back], '6 5 4 3 2 1'],
    [['start', { count: 2 }], '1 2'],
    [['start', { filter: even(1) }], '2 4 6'],
    [['start', { filter: even('count'), count: 2 }], '2 4'],
    [['end', { ...back, filter: even(3), count: 1 }], '6'],
  ];
  for (const [read, answer] of cases) t.equal(await positions(...read), answer, JSON.stringify(read));
});

void t.test('filters by regex or prefixes on names or types', async (t) => {
  const wire = await open(t);
  for (const [stream, type] of [
    ['a-1', 'Up'],
    ['b-1', 'Down'],
    ['$own', 'Up'],
    ['a-2', '$sys'],
  ] as const)
    await wire.append(stream, 'any', [{ type }]);
  const kept = async (filter: Parameters<typeof filterOf>[0]): Promise<string> => {
    const { lines, end } = await wire.read(
      allRead('start', { filter: filterOf({ window: 100, ...filter }) }),
    );
    return end === 'ok' ? lines.map((line) => line.split(' ')[1]?.split('@')[0]).join(' ') : `${end.code}`;
  };
  t.equal(await kept({ on: 'stream', prefixes: ['a-'] }), 'a-1 a-2');
  t.equal(await kept({ on: 'stream', prefixes: ['b', '$'] }), 'b-1 $own');
  t.equal(await kept({ on: 'type', prefixes: ['Up'] }), 'a-1 $own');
  t.equal(await kept({ on: 'stream', regex: '-1$' }), 'a-1 b-1');
  t.equal(
    await kept({ on: 'type', regex: '^[^\\$].*' }),
    'a-1 b-1 $own',
    'the regex of the Node.js client excludes system events',
  );
  t.equal(
    await kept({ on: 'type', regex: '^Down$', prefixes: ['Up'] }),
    'b-1',
    'a regex takes precedence over prefixes',
  );
  t.equal(await kept({ on: 'type' }), '', 'an empty expression matches nothing');
  t.equal(await kept({ on: 'stream', prefixes: [''] }), 'a-1 b-1 $own a-2', 'an empty prefix matches all');
  t.equal(
    await kept({ on: 'type', regex: '^(?!(\\$.+$|PersistentConfig\\d+$))' }),
    'a-1 b-1 $own',
    'the regex of the Python client excludes system events',
  );
  t.equal(await kept({ on: 'stream', regex: '^(?!a-|[)$(]).*$' }), 'b-1');
  for (const regex of ['^(?!a)b', '^(?!(?!a))', '^(?!a', '^(?!(a)\\1)', 'x(?!a)'])
    t.equal(
      await kept({ on: 'type', regex }),
      '2',
      `${regex} is refused, because it is not a plain exclusion`,
    );
  t.equal(await kept({ on: 'type', regex: '(' }), '2');
  t.equal(
    await kept({ on: 'type', regex: '(?=a)b' }),
    '2',
    'look-around is refused, because a regex must run in linear time',
  );
  t.equal(await kept({ prefixes: ['a'] }), '3', 'a filter on neither streams nor types is refused');
  t.match(
    (await wire.read(allRead('start', { filter: filterOf({ on: 'type', prefixes: ['U'] }) }))).end,
    { code: 3 },
    'a filter without a window is refused',
  );
});

void t.test('responds to reads that would hang on EventStoreDB', async (t) => {
  const wire = await open(t);
  await fill(wire, 's', 1);
  const noIds = streamRead('s', 'start');
  noIds.getOptions()?.clearUuidOption();
  t.match((await wire.read(noIds)).end, { code: 2 });
  t.strictSame(await wire.read(allRead('start', { count: 0 })), { lines: [], end: 'ok' });
  t.match(
    (await wire.read(allRead('start', { filter: filterOf({ on: 'type', prefixes: ['E'], window: 0 }) }))).end,
    { code: 2 },
  );
});

void t.test('omits events that are appended during a read of the log', async (t) => {
  const store = await openSqliteEventStore({ directory: ownFolder(t) });
  const log = connectWireLog(store.handle());
  // Hides the last two events from `newest`, as if they were appended right after the read started.
  const growing: WireLog = { ...log, newest: () => log.newest() - 2 };
  const server = await startWireServer({ log: growing, host: '127.0.0.1', port: 0 });
  t.teardown(async () => {
    await server.close();
    await store.close();
  });
  const wire = new RawWire(t, server.port);
  await wire.append(
    's',
    'any',
    Array.from({ length: 5 }, () => ({})),
  );
  const { lines, end } = await wire.read(allRead('start'));
  t.equal(end, 'ok');
  t.strictSame(
    lines.map((line) => line.split(' ')[1]),
    ['s@0', 's@1', 's@2'],
  );
  t.equal((await wire.read(allRead('end', { backwards: true }))).lines.length, 3);
});
