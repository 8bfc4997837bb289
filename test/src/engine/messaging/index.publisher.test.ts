import { randomUUID } from 'node:crypto';
import { connect, type NatsConnection } from 'nats';
import t, { type Test } from 'tap';
import { PUBLISHER_SUBJECT } from '#agents/transport/nats/subjects.js';
import { systemClock } from '#agents/clock/system-clock.js';
import { EVENTS, publishedEvent, sourceOf, type PublishedEvent } from '#domain/event-types/index.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import { createMemoryEventStore } from '#src/engine/event-store/index.js';
import {
  EVENTS_STREAM,
  startPublisher,
  type Publisher,
  type StreamBounds,
} from '#src/engine/messaging/index.js';
import { eventually } from '../../../fixtures/eventually.js';
import { NatsServer } from '../../../fixtures/nats-server.js';
import { onEachNats, openLink } from '../../../fixtures/nats-scene.js';
import { logger, Pen } from '../../fleet/nodes/cluster.js';

t.setTimeout(120_000);

function publisher(
  t: Test,
  url: string,
  store: EventStore,
  server: string = randomUUID(),
  stream: Partial<StreamBounds> = {},
): Publisher {
  const made = startPublisher({
    store,
    link: openLink(t, url, server),
    clock: systemClock,
    logger,
    server,
    random: () => 0.5,
    stream,
    announceMs: 50,
  });
  t.teardown(() => made.stop());
  return made;
}

/** All that is published from now on, as a stranger sees it. */
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

/** Ids in the stream, in its order. */
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
  await pen.job('j2');
  await eventually(() => seen.length === 3);
  const all = await idsOf(store);
  t.same(ids(), [all[0], all[1], all[3]], 'what others write into the log is not ours to publish');
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
      dataversion: 4,
      correlationid: 'c',
      causationid: 'c',
      data: { jobId: 'j1' },
    },
  });
  t.notOk(JSON.stringify(seen).includes('hunter2'));
  t.ok(JSON.stringify(seen).includes('"PASSWORD":"[withheld]"'));
  t.ok(
    EVENTS.JobSubmitted.schema.safeParse(first?.event.data).success,
    'what is withheld leaves the data in its form',
  );
  t.ok((seen[0]?.event.sequence ?? '') < (seen[1]?.event.sequence ?? ''), 'texts compare as positions do');
});

onEachNats(
  t,
  'a bounded JetStream stream holds every event once, no matter who was away',
  async (t, binary) => {
    const nats = await NatsServer.start(t, { binary, jetstream: true });
    const store = createMemoryEventStore({ clock: systemClock });
    const pen = new Pen(store);
    for (let index = 0; index < 5; index += 1) await pen.job(`before${index}`);
    const first = publisher(t, nats.url, store, 'one', { maxAgeSeconds: 600, maxBytes: 1_000_000 });
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
    const second = publisher(t, nats.url, store, 'two', { maxAgeSeconds: 300, maxBytes: 1_000_000 });
    await complete();
    t.equal(second.status().published, 5, 'another goes on where the stream ends');
    t.equal((await manager.streams.info(EVENTS_STREAM)).config.max_age, 300e9, 'bounds follow the settings');

    await second.stop();
    await manager.streams.delete(EVENTS_STREAM);
    publisher(t, nats.url, store, 'three');
    await complete();
  },
);

onEachNats(
  t,
  'one server publishes; when it goes another goes on, and nothing is missing',
  async (t, binary) => {
    const nats = await NatsServer.start(t, { binary });
    const store = createMemoryEventStore({ clock: systemClock });
    const pen = new Pen(store);
    const { ids } = await watch(t, nats);
    const [one, two] = [publisher(t, nats.url, store, 'one'), publisher(t, nats.url, store, 'two')];
    await eventually(() => one.status().leading);
    for (let index = 0; index < 20; index += 1) await pen.job(`a${index}`);
    await eventually(() => new Set(ids()).size === 20);
    t.notOk(two.status().leading);
    await eventually(() => two.status().position === one.status().position);
    await one.stop();
    for (let index = 0; index < 20; index += 1) await pen.job(`b${index}`);
    await eventually(() => new Set(ids()).size === 40);
    t.ok(two.status().leading);
    t.equal(ids().length, 40, 'nor doubled');

    await nats.kill();
    for (let index = 0; index < 20; index += 1) await pen.job(`c${index}`);
    await nats.start();
    await eventually(() => two.status().leading && two.status().published >= 40);
    t.ok(
      two.status().position !== undefined,
      'it published what came while NATS was away, to those who listened by then',
    );
  },
);

onEachNats(
  t,
  'a place that another server announced is taken only where the log holds that event, so that nothing is left out',
  async (t, binary) => {
    const nats = await NatsServer.start(t, { binary });
    const store = createMemoryEventStore({ clock: systemClock });
    const pen = new Pen(store);
    const { connection, ids } = await watch(t, nats);
    const source = sourceOf(store.id);
    /** A server that saw the log before an older backup of it was restored goes on for a moment. */
    const announce = (fields: object): void =>
      connection.publish(
        PUBLISHER_SUBJECT,
        JSON.stringify({ server: 'a-stale-one', source, leading: true, ...fields }),
      );
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
      { what: 'every event, also those at and before the announced position' },
    );
  },
);

void t.test('an event that this program does not know stops publishing, and is not skipped', async (t) => {
  const { natsServers } = await import('../../../fixtures/nats-server.js');
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
