import { randomBytes } from 'node:crypto';
import type { Msg } from 'nats';
import { pino } from 'pino';
import t, { type Test } from 'tap';
import type { NatsLink } from '#agents/platform/transport/nats/link.js';
import { SEEN_SUBJECT } from '#agents/platform/transport/nats/subjects.js';
import type { NodeSeen } from '#domain/kernel/ports/presence-broadcast.js';
import type { SeenBatch } from '#domain/protocol/index.js';
import type { BroadcastHost } from '#src/messaging/index.js';
import { ServerMessages } from '#src/messaging/server-messages.js';
import { shareSeenOverNats } from '#src/fleet/nodes/nats/seen.js';
import { TestClock } from '../../../../fixtures/test-clock.js';

/** One server's end, on a connection whose other end is the test. */
function scene(
  t: Test,
  { maxPayload = 1_048_576, ...more }: { readonly maxPayload?: number } & Partial<BroadcastHost> = {},
) {
  const clock = new TestClock();
  const published: SeenBatch[] = [];
  const flushes: number[] = [];
  const state = { reconnects: 0, subscriptions: 0, reached: true };
  let receive: (message: Msg) => void = () => undefined;
  let connected = (): void => undefined;
  const link: NatsLink = {
    status: () => ({ connected: true, reconnects: state.reconnects, problem: undefined, version: '2' }),
    onConnected: (listener) => {
      connected = () => listener({} as never);
      return () => void (connected = () => t.fail('a connection was reported to a removed listener'));
    },
    subscribe: (subject, queue, receives) => {
      t.same([subject, queue], [SEEN_SUBJECT, undefined]);
      receive = receives;
      state.subscriptions += 1;
      return { end: () => void (state.subscriptions -= 1) };
    },
    publish: (subject, payload, options) => {
      t.equal(subject, SEEN_SUBJECT);
      sent({ subject, data: payload, headers: options?.headers } as Msg);
      return true;
    },
    request: () => Promise.reject(new Error('not asked for')),
    maxPayload: () => maxPayload,
    flush: async (timeoutMs) => {
      flushes.push(timeoutMs);
      return state.reached;
    },
    whenConnected: async () => true,
    close: async () => undefined,
  };
  const key = randomBytes(32);
  /** Another server on the same connection. */
  let sent: (message: Msg) => void = () => undefined;
  const peer = new ServerMessages({
    link: {
      publish: (subject, data, options) => {
        receive({ subject, data, headers: options?.headers } as Msg);
        return true;
      },
      subscribe: (_subject, _queue, receives) => {
        sent = receives;
        return { end: () => undefined };
      },
    },
    clock,
    logger: pino({ level: 'silent' }),
    key,
    server: 'peer',
  });
  peer.subscribe(SEEN_SUBJECT, ({ data }) =>
    published.push(JSON.parse(Buffer.from(data).toString()) as SeenBatch),
  );
  const said: { readonly code: string }[] = [];
  const logger = pino(
    { base: null, timestamp: false },
    { write: (line) => said.push(JSON.parse(line) as { code: string }) },
  );
  const shared = shareSeenOverNats({ link, clock, logger, server: 'one', key, ...more });
  const close = async (): Promise<void> => {
    const closed = shared.close();
    await clock.advance(0);
    await closed;
  };
  t.teardown(close);
  return {
    clock,
    shared,
    published,
    flushes,
    state,
    said,
    close,
    receive: (body: object) => peer.publish(SEEN_SUBJECT, body),
    connected: () => connected(),
  };
}

const node = (nodeId: string, more: Partial<NodeSeen> = {}) => ({
  nodeId,
  epoch: 1,
  resources: {},
  lists: true,
  ...more,
});

void t.test('sends batches ten times a second, with the newest sign of life of each node', async (t) => {
  const { clock, shared, published } = scene(t);
  await clock.advance(50);
  shared.publish(node('n1', { epoch: 1 }));
  shared.publish(node('n1', { epoch: 2, listed: ['a'], said: 7, resources: { cpu: 3 } }));
  await clock.advance(20.25);
  shared.publish(node('n2', { lists: false }));
  await clock.advance(29.5);
  t.strictSame(published, []);
  await clock.advance(0.25);
  t.strictSame(published, [
    {
      server: 'one',
      seen: [
        { node_id: 'n1', epoch: 2, age_ms: 50, resources: { cpu: 3 }, lists: true, listed: ['a'], said: 7 },
        { node_id: 'n2', epoch: 1, age_ms: 30, resources: {}, lists: false },
      ],
    },
  ]);
  await clock.advance(10_000);
  t.equal(published.length, 1, 'no message is sent without new signs');
});

void t.test('limits the nodes per message', async (t) => {
  const { clock, shared, published } = scene(t);
  for (let index = 0; index < 1_001; index += 1) shared.publish(node(`n${index}`));
  await clock.advance(100);
  t.strictSame(
    published.map(({ seen }) => seen.length),
    [500, 500, 1],
  );
});

void t.test('limits the size of a message, and leaves a kilobyte for its envelope', async (t) => {
  const one = JSON.stringify({ node_id: 'n1', epoch: 1, age_ms: 100, resources: {}, lists: true }).length + 1;
  for (const [room, sizes] of [
    [2 * one, [2, 2, 1]],
    [2 * one - 1, [1, 1, 1, 1, 1]],
  ] as const) {
    const { clock, shared, published } = scene(t, { maxPayload: 1_024 + room });
    for (const id of ['n1', 'n2', 'n3', 'n4', 'n5']) shared.publish(node(id));
    await clock.advance(100);
    t.strictSame(
      published.map(({ seen }) => seen.length),
      sizes,
    );
  }
});

void t.test('limits the resources per sign of life', async (t) => {
  const { clock, shared, published } = scene(t);
  shared.publish(
    node('n1', {
      resources: Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`r${index}`, index])),
    }),
  );
  await clock.advance(100);
  t.equal(Object.keys(published[0]?.seen[0]?.resources ?? {}).length, 64);
});

void t.test('passes on signs of life from other servers unchanged, and ignores its own', async (t) => {
  const { shared, receive } = scene(t);
  const heard: (readonly NodeSeen[])[] = [];
  const end = shared.onSeen((seen) => void heard.push(seen));
  const seen = [
    { node_id: 'n1', epoch: 2, age_ms: 5, resources: { cpu: 1 }, lists: true, listed: ['a'], said: 7 },
    { node_id: 'n2', epoch: 0, age_ms: 0, resources: {}, lists: false },
  ];
  receive({ server: 'one', seen });
  t.strictSame(heard, []);
  receive({ server: 'two', seen });
  t.strictSame(heard, [
    [
      { nodeId: 'n1', epoch: 2, ageMs: 5, resources: { cpu: 1 }, lists: true, listed: ['a'], said: 7 },
      { nodeId: 'n2', epoch: 0, ageMs: 0, resources: {}, lists: false },
    ],
  ]);
  end();
  receive({ server: 'two', seen });
  t.equal(heard.length, 1);
});

void t.test('reports and drops malformed messages', async (t) => {
  const { shared, receive, said } = scene(t, { maxPayload: 2_000 });
  shared.onSeen(() => t.fail('a malformed message was passed on'));
  receive({ server: 'two', seen: 7 });
  receive({ server: 'x'.repeat(2_000), seen: [] });
  t.match(said, [
    { code: 'nats.seen.malformed', problem: /seen/ },
    { code: 'nats.seen.malformed', problem: /2000/ },
  ]);
});

void t.test('reports a reconnection as an interruption', async (t) => {
  const { shared, connected, state, close } = scene(t);
  let times = 0;
  const end = shared.onInterrupted(() => (times += 1));
  connected();
  t.equal(times, 0, 'the first connection is not an interruption');
  state.reconnects = 1;
  connected();
  t.equal(times, 1);
  end();
  connected();
  t.equal(times, 1);
  await close();
});

void t.test('waits during a check until other servers have sent their batches', async (t) => {
  const { shared, clock, flushes, state } = scene(t, { everyMs: 30 });
  for (const reached of [true, false]) {
    state.reached = reached;
    flushes.length = 0;
    const checked = shared.check();
    await clock.advance(59);
    t.strictSame(flushes, []);
    await clock.advance(1);
    t.strictSame(flushes, [2_000]);
    t.equal(await checked, reached);
  }
});

void t.test('has no subscription and no timer left after it is closed', async (t) => {
  const { clock, close, state } = scene(t);
  t.equal(state.subscriptions, 1);
  await close();
  t.equal(state.subscriptions, 0);
  t.equal(clock.sleeping, 0);
});
