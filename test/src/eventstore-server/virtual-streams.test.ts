import { START, type EventStoreDBClient } from '@eventstore/db-client';
import t, { type Test } from 'tap';
import { streams } from '#src/eventstore-server/stubs.js';
import { eventually, PATIENCE } from '../../fixtures/eventually.js';
import { lineOf, RawWire, streamRead } from '../../fixtures/raw-wire.js';
import { servedStore } from '../../fixtures/wire-server.js';

t.setTimeout(180_000 * PATIENCE);

/** The log that the tests below read: positions 1 to 8. */
async function filled(t: Test): Promise<{ readonly wire: RawWire; readonly client: EventStoreDBClient }> {
  const { server, client } = await servedStore(t);
  const wire = new RawWire(t, server.port);
  await wire.append('order-1', 'any', [{ type: 'Placed' }, { type: 'Paid' }]);
  await wire.append('customer-1', 'any', [{ type: 'Placed' }]);
  await wire.append('order-2-b', 'any', [{ type: 'Placed' }]);
  await wire.append('order', 'any', [{ type: 'Placed' }]);
  await wire.append('$$order-1', 'any', [{ type: '$metadata', data: '{"owner":"me"}' }]);
  await wire.append('orders-1', 'any', [{ type: 'Shipped' }]);
  await wire.append('order-1', 'any', [{ type: 'Sent' }]);
  return { wire, client };
}

void t.test('reads categories, event types and streams as links whose revisions are positions', async (t) => {
  const { wire } = await filled(t);
  const resolved = async (...read: Parameters<typeof streamRead>): Promise<string[]> =>
    (await wire.read(streamRead(read[0], read[1], { links: true, ...read[2] }))).lines.map((line) =>
      line.replace(/^E /, ''),
    );
  t.strictSame(await resolved('$ce-order', 'start'), [
    'order-1@0 Placed by $ce-order@1 $>',
    'order-1@1 Paid by $ce-order@2 $>',
    'order-2-b@0 Placed by $ce-order@4 $>',
    'order-1@2 Sent by $ce-order@8 $>',
  ]);
  t.strictSame(await resolved('$et-Placed', 'start'), [
    'order-1@0 Placed by $et-Placed@1 $>',
    'customer-1@0 Placed by $et-Placed@3 $>',
    'order-2-b@0 Placed by $et-Placed@4 $>',
    'order@0 Placed by $et-Placed@5 $>',
  ]);
  t.strictSame(
    (await wire.read(streamRead('$streams', 'start'))).lines,
    [1, 3, 4, 5, 6, 7].map((position) => `E $streams@${position} $>`),
  );
  const cases: readonly (readonly [Parameters<typeof streamRead>, readonly number[]])[] = [
    [
      ['$ce-order', 2],
      [2, 4, 8],
    ],
    [['$ce-order', 3, { count: 1 }], [4]],
    [['$ce-order', 8], [8]],
    [['$ce-order', 9], []],
    [
      ['$ce-order', 'end', { backwards: true }],
      [8, 4, 2, 1],
    ],
    [
      ['$ce-order', 4, { backwards: true, count: 2 }],
      [4, 2],
    ],
    [['$ce-order', 'start', { backwards: true }], [1]],
    [['$ce-order', '18446744073709551615', { backwards: true, count: 1 }], [8]],
  ];
  for (const [read, revisions] of cases)
    t.strictSame(
      (await wire.read(streamRead(...read))).lines,
      revisions.map((revision) => `E $ce-order@${revision} $>`),
      JSON.stringify(read),
    );
  t.strictSame((await wire.read(streamRead('$ce-none', 'start'))).lines, ['not found $ce-none']);
  t.match((await wire.read(streamRead('$ce-order', 'end'))).end, {
    code: 2,
    details: 'Unexpected ReadStreamResult: Error',
  });
});

void t.test(
  'returns the bounds of a virtual stream to newer clients, and empty links for deleted events',
  async (t) => {
    const { wire } = await filled(t);
    const asking = async (from: 'start' | number): Promise<string[]> => {
      const request = streamRead('$et-Placed', from, { count: 1, links: true });
      request.getOptions()?.setControlOption(new streams.ReadReq.Options.ControlOption().setCompatibility(1));
      return (await wire.read(request)).lines;
    };
    t.strictSame(await asking('start'), ['E order-1@0 Placed by $et-Placed@1 $>', 'last 5']);
    t.strictSame(await asking(6), ['first 6', 'last 5']);
    await wire.delete('delete', 'order-1', 'any');
    t.strictSame(await asking('start'), ['E nothing by $et-Placed@1 $>', 'last 5']);
    await wire.delete('tombstone', 'order-1', 'any');
    t.strictSame((await asking('start')).slice(0, 1), ['E nothing by $et-Placed@1 $>']);
  },
);

void t.test('follows a category from a revision', async (t) => {
  const { wire } = await filled(t);
  const follow = (from: 'start' | 'end' | number): string[] => {
    const lines: string[] = [];
    const call = wire.openRead(streamRead('$ce-order', from, { count: 'subscription', links: true }));
    call.on('data', (message: InstanceType<typeof streams.ReadResp>) => lines.push(lineOf(message)));
    call.on('error', () => undefined);
    t.teardown(() => call.cancel());
    return lines;
  };
  const [all, later, fresh] = [follow('start'), follow(4), follow('end')];
  await eventually(() => [all, later, fresh].every((lines) => lines.includes('caught up')), {
    what: 'three subscriptions that caught up',
  });
  await wire.append('customer-9', 'any', [{}]);
  await wire.append('order-3', 'any', [{ type: 'Placed' }]);
  const live = 'E order-3@0 Placed by $ce-order@10 $>';
  await eventually(() => [all, later, fresh].every((lines) => lines.at(-1) === live), {
    what: 'the new event',
  });
  t.strictSame(later, ['confirmed', 'E order-1@2 Sent by $ce-order@8 $>', 'caught up', live]);
  t.strictSame(fresh, ['confirmed', 'caught up', live]);
  t.equal(all.length, 7);
});

void t.test('refuses writes to a virtual stream and its metadata, with the reason', async (t) => {
  const { wire } = await filled(t);
  for (const stream of ['$ce-order', '$et-Placed', '$streams', '$$$ce-order'])
    t.match(
      await wire.append(stream, 'any', [{}]),
      { code: 7, exception: 'access-denied', details: /is derived from the log and cannot be written/ },
      stream,
    );
  t.match(await wire.delete('tombstone', '$ce-order', 'any'), { code: 7, exception: 'access-denied' });
});

void t.test("serves categories to EventStoreDB's client", async (t) => {
  const { client } = await filled(t);
  const seen: string[] = [];
  for await (const { event, link } of client.readStream('$ce-order', {
    fromRevision: START,
    resolveLinkTos: true,
  }))
    seen.push(`${event?.streamId}@${event?.revision} ${link?.streamId}@${link?.revision}`);
  t.strictSame(seen, [
    'order-1@0 $ce-order@1',
    'order-1@1 $ce-order@2',
    'order-2-b@0 $ce-order@4',
    'order-1@2 $ce-order@8',
  ]);
});

void t.test('finds a category spread over a long log in both directions', async (t) => {
  const { wire } = await filled(t);
  const many = Array.from({ length: 1500 }, () => ({}));
  await wire.append('noise-1', 'any', many);
  await wire.append('order-9', 'any', [{}]);
  await wire.append('noise-1', 'any', many);
  const positions = [1, 2, 4, 8, 1509].map((position) => `E $ce-order@${position} $>`);
  t.strictSame((await wire.read(streamRead('$ce-order', 'start'))).lines, positions);
  t.strictSame(
    (await wire.read(streamRead('$ce-order', 'end', { backwards: true }))).lines,
    [...positions].reverse(),
  );
});
