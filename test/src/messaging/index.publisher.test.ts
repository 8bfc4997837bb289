import { randomBytes, randomUUID } from 'node:crypto';
import { connect, type Msg, type NatsConnection } from 'nats';
import t, { type Test } from 'tap';
import { EVENT_CATALOG } from '#domain/all-events.js';
import { PUBLISHER_SUBJECT } from '#agents/platform/transport/nats/subjects.js';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { EVENTS } from '#test/fixtures/muster-events.js';
import { publishedEvent, type PublishedEvent, sourceOf } from '#domain/kernel/published-event.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { EVENTS_STREAM, startPublisher, type Publisher, type StreamBounds } from '#src/messaging/index.js';
import { ServerMessages } from '#src/messaging/server-messages.js';
import { createMemoryEventStore } from '../../fixtures/memory-event-store.js';
import { eventually, PATIENCE } from '../../fixtures/eventually.js';
import { NatsServer } from '../../fixtures/nats-server.js';
import { onEachNats, openLink } from '../../fixtures/nats-scene.js';
import { logger, Pen } from '../fleet/nodes/cluster.js';

t.setTimeout(300_000 * PATIENCE);

const KEY = randomBytes(32);

function publisher(
  t: Test,
  url: string,
  store: EventStore,
  server: string = randomUUID(),
  { stream = {}, announceMs = 50 }: { stream?: Partial<StreamBounds>; announceMs?: number } = {},
): Publisher {
  const made = startPublisher({
    store,
    catalog: EVENT_CATALOG,
    link: openLink(t, url, server),
    clock: systemClock,
    logger,
    server,
    key: KEY,
    random: () => 0.5,
    stream,
    announceMs,
  });
  t.teardown(() => made.stop());
  return made;
}

/** Collects everything that is published from now on, as any subscriber sees it. */
async function watch(t: Test, nats: NatsServer) {
  const connection = await connect({ ...nats.login, maxReconnectAttempts: -1, reconnectTimeWait: 50 });
  t.teardown(() => connection.close());
  const seen: { subject: string; id: string | undefined; event: PublishedEvent }[] = [];
  connection.subscribe('muster.events.>', {
    callback: (_error, message) =>
      void seen.push({
        subject: message.subject,
        id: message.headers?.get('Nats-Msg-Id'),
        event: publishedEvent.parse(message.json()),
      }),
  });
  await connection.flush();
  return { connection, seen, ids: () => seen.map(({ event }) => event.id) };
}

async function idsOf(store: EventStore): Promise<string[]> {
  const ids: string[] = [];
  for await (const page of store.readAll()) ids.push(...page.map(({ id }) => id));
  return ids;
}

/** Event ids in the JetStream stream, in order. */
async function kept(connection: NatsConnection): Promise<string[]> {
  const manager = await connection.jetstreamManager();
  const { state } = await manager.streams.info(EVENTS_STREAM);
  const ids: string[] = [];
  for (let seq = state.first_seq; seq <= state.last_seq; seq += 1)
    ids.push((await manager.streams.getMessage(EVENTS_STREAM, { seq })).json<PublishedEvent>().id);
  return ids;
}

onEachNats(t, 'every event is published as a CloudEvent, in order and without secrets', async (t, binary) => {
  const nats = await NatsServer.start(t, { binary });
  const store = createMemoryEventStore({ clock: systemClock });
  const pen = new Pen(store);
  const { seen, ids } = await watch(t, nats);
  const published = publisher(t, nats.url, store);
  await eventually(() => published.status().leading);
  await pen.job('j1', {
    name: 'web',
    tasks: [{ name: 'main', driver: 'exec', config: { command: 'true' }, env: { PASSWORD: 'hunter2' } }],
  });
  await pen.place('a1');
  await store.append({
    stream: 'others-1',
    expected: 'no_stream',
    events: [{ id: randomUUID(), type: 'JobSubmitted', data: '{}', metadata: '{}' }],
  });
  await store.append({
    stream: 'job-unreadable',
    expected: 'no_stream',
    events: [
      {
        id: randomUUID(),
        type: 'JobSubmitted',
        data: '{"specification":null}',
        metadata: JSON.stringify({ v: 1, at: 1, $correlationId: 'c', $causationId: 'c' }),
      },
    ],
  });
  await pen.job('j2');
  await eventually(() => seen.length === 3);
  const all = await idsOf(store);
  t.same(
    ids(),
    [all[0], all[1], all[4]],
    'events of other programs, and those that cannot be read, are not published and stop nothing',
  );
  t.equal(published.status().jetstream, false);
  const [first] = seen;
  t.match(first, {
    subject: 'muster.events.job.JobSubmitted',
    id: all[0],
    event: {
      specversion: '1.0',
      id: all[0],
      source: sourceOf(store.id),
      type: 'muster.job.JobSubmitted',
      subject: 'job-j1',
      time: '1970-01-01T00:00:00.001Z',
      datacontenttype: 'application/json',
      sequence: /^\d{20}$/,
      revision: 0,
      dataversion: 1,
      correlationid: 'c',
      causationid: 'c',
      data: { jobId: 'j1' },
    },
  });
  t.notOk(JSON.stringify(seen).includes('hunter2'));
  t.ok(JSON.stringify(seen).includes('"PASSWORD":"[withheld]"'));
  t.ok(
    EVENTS.JobSubmitted.schema.safeParse(first?.event.data).success,
    'the data is still valid with its secrets withheld',
  );
  t.ok(
    (seen[0]?.event.sequence ?? '') < (seen[1]?.event.sequence ?? ''),
    'sequence texts sort like positions',
  );
});

onEachNats(
  t,
  'a bounded JetStream stream contains every event once, whatever was down',
  async (t, binary) => {
    const nats = await NatsServer.start(t, { binary, jetstream: true });
    const store = createMemoryEventStore({ clock: systemClock });
    const pen = new Pen(store);
    for (let index = 0; index < 5; index += 1) await pen.job(`before${index}`);
    const first = publisher(t, nats.url, store, 'one', {
      stream: { maxAgeSeconds: 600, maxBytes: 1_000_000 },
    });
    const { connection } = await watch(t, nats);
    const complete = () =>
      eventually(async () => JSON.stringify(await kept(connection)) === JSON.stringify(await idsOf(store)), {
        what: 'the whole log in the stream',
      });
    await eventually(() => first.status().jetstream === true && first.status().published === 5);
    await complete();
    const manager = await connection.jetstreamManager();
    t.match((await manager.streams.info(EVENTS_STREAM)).config, {
      subjects: ['muster.events.>'],
      max_age: 600e9,
      max_bytes: 1_000_000,
      duplicate_window: 120e9,
      discard: 'old',
      retention: 'limits',
    });

    for (let index = 0; index < 5; index += 1) await pen.job(`during${index}`);
    await nats.kill();
    for (let index = 0; index < 300; index += 1) await pen.job(`away${index}`);
    await nats.start();
    await complete();
    await first.stop();

    for (let index = 0; index < 5; index += 1) await pen.job(`between${index}`);
    const second = publisher(t, nats.url, store, 'two', {
      stream: { maxAgeSeconds: 300, maxBytes: 1_000_000 },
    });
    await complete();
    t.equal(second.status().published, 5, 'another publisher continues at the end of the stream');
    t.equal(
      (await manager.streams.info(EVENTS_STREAM)).config.max_age,
      300e9,
      'the limits of the stream follow the settings',
    );

    await second.stop();
    await manager.streams.delete(EVENTS_STREAM);
    publisher(t, nats.url, store, 'three');
    await complete();
  },
);

onEachNats(t, 'one server publishes at a time, and another takes over without a gap', async (t, binary) => {
  const nats = await NatsServer.start(t, { binary });
  const store = createMemoryEventStore({ clock: systemClock });
  const pen = new Pen(store);
  const { ids } = await watch(t, nats);
  // A publisher that is silent for a few of these intervals is replaced, so they are longer than the pauses of a busy machine.
  const announceMs = 250 * PATIENCE;
  const [one, two] = [
    publisher(t, nats.url, store, 'one', { announceMs }),
    publisher(t, nats.url, store, 'two', { announceMs }),
  ];
  await eventually(() => one.status().leading);
  for (let index = 0; index < 20; index += 1) await pen.job(`a${index}`);
  await eventually(() => new Set(ids()).size === 20);
  t.notOk(two.status().leading);
  const head = await store.head();
  await eventually(() => two.status().position === head, { what: 'the announcement of the newest position' });
  await one.stop();
  for (let index = 0; index < 20; index += 1) await pen.job(`b${index}`);
  await eventually(() => new Set(ids()).size === 40);
  t.ok(two.status().leading);
  t.equal(ids().length, 40, 'no event is published twice');

  await nats.kill();
  for (let index = 0; index < 20; index += 1) await pen.job(`c${index}`);
  await nats.start();
  await eventually(() => two.status().leading && two.status().published >= 40, {
    what: 'the events of the outage of NATS',
  });
});

onEachNats(
  t,
  'an announced position is used only if the log contains its event, so that no event is skipped',
  async (t, binary) => {
    const nats = await NatsServer.start(t, { binary });
    const store = createMemoryEventStore({ clock: systemClock });
    const pen = new Pen(store);
    const { ids } = await watch(t, nats);
    const source = sourceOf(store.id);
    /** Announces like a server that saw the log before an older backup was restored and is still running. */
    const server = 'a-stale-one';
    const stranger = new ServerMessages({
      link: openLink(t, nats.url),
      clock: systemClock,
      logger,
      key: KEY,
      server,
    });
    const announce = (fields: object): void =>
      void stranger.publish(PUBLISHER_SUBJECT, { server, source, leading: true, ...fields });
    const published = publisher(t, nats.url, store, 'one');
    await eventually(() => published.status().leading);
    for (let index = 0; index < 3; index += 1) await pen.job(`before${index}`);
    await eventually(() => ids().length === 3);
    const stale = setInterval(() => announce({ position: '6', event_id: randomUUID(), previous: '5' }), 10);
    t.teardown(() => clearInterval(stale));
    await eventually(() => !published.status().leading && published.status().position === 6n);
    for (let index = 0; index < 5; index += 1) await pen.job(`after${index}`);
    clearInterval(stale);
    await eventually(
      async () => {
        const missing = (await idsOf(store)).filter((id) => !ids().includes(id));
        return missing.length === 0;
      },
      { what: 'every event, including those at and before the announced position' },
    );
  },
);

onEachNats(
  t,
  'a client that announces itself as a server does not stop the publishing',
  async (t, binary) => {
    const nats = await NatsServer.start(t, { binary });
    const store = createMemoryEventStore({ clock: systemClock });
    const pen = new Pen(store);
    const { connection, ids } = await watch(t, nats);
    const recorded: Msg[] = [];
    connection.subscribe(PUBLISHER_SUBJECT, {
      callback: (error, message) => void (error === null && recorded.push(message)),
    });
    const earlier = publisher(t, nats.url, store, '!-that-has-ended');
    await eventually(() => earlier.status().leading && recorded.length > 0);
    await earlier.stop();
    const forged = { server: '!', source: sourceOf(store.id), leading: true };
    const timer = setInterval(() => {
      connection.publish(PUBLISHER_SUBJECT, JSON.stringify(forged));
      for (const { data, headers } of recorded)
        connection.publish(PUBLISHER_SUBJECT, data, headers === undefined ? {} : { headers });
    }, 20);
    t.teardown(() => clearInterval(timer));
    const published = publisher(t, nats.url, store, 'one');
    await eventually(() => published.status().leading, { what: 'the only real server' });
    await pen.job('published');
    await eventually(() => ids().length === 1);
  },
);

onEachNats(t, 'a server that leads but publishes nothing is passed over', async (t, binary) => {
  const nats = await NatsServer.start(t, { binary });
  const store = createMemoryEventStore({ clock: systemClock });
  const pen = new Pen(store);
  const { connection, ids } = await watch(t, nats);
  await pen.job('first');
  const server = '!-stuck';
  const stuck = new ServerMessages({
    link: openLink(t, nats.url),
    clock: systemClock,
    logger,
    key: KEY,
    server,
  });
  const announcement = { server, source: sourceOf(store.id), leading: true };
  const timer = setInterval(() => void stuck.publish(PUBLISHER_SUBJECT, announcement), 20);
  t.teardown(() => clearInterval(timer));
  let announcements = 0;
  connection.subscribe(PUBLISHER_SUBJECT, { callback: () => void (announcements += 1) });
  const standby = publisher(t, nats.url, store, 'standby', { announceMs: 100 * PATIENCE });
  await eventually(() => announcements > 150 * PATIENCE);
  t.notOk(standby.status().leading, 'the log has nothing new since the other server announced itself');
  await pen.job('second');
  await eventually(() => standby.status().leading, { what: 'the standby' });
  await pen.job('third');
  await eventually(() => ids().length > 0, { what: 'an event' });
});

void t.test('stops at an unknown event instead of skipping it', async (t) => {
  const { natsServers } = await import('../../fixtures/nats-server.js');
  const [binary] = natsServers();
  if (binary === undefined)
    return void t.pass('needs nats-server', { skip: 'nats-server is missing on this machine' });
  const nats = await NatsServer.start(t, { binary });
  const store = createMemoryEventStore({ clock: systemClock });
  const { seen } = await watch(t, nats);
  const published = publisher(t, nats.url, store);
  await eventually(() => published.status().leading);
  await store.append({
    stream: 'job-x',
    expected: 'no_stream',
    events: [
      {
        id: randomUUID(),
        type: 'JobFramed',
        data: '{}',
        metadata: '{"$correlationId":"","$causationId":"","at":1,"v":1}',
      },
    ],
  });
  await eventually(() => published.status().problem !== undefined && !published.status().leading);
  t.match(published.status().problem, /JobFramed/);
  t.same(seen, []);
});
