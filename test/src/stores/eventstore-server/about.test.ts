import { once } from 'node:events';
import { connect, type Settings } from 'node:http2';
import { credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import {
  EventStoreDBClient,
  jsonEvent,
  persistentSubscriptionToStreamSettingsFromDefaults,
} from '@eventstore/db-client';
import t from 'tap';
import {
  features,
  featuresService,
  gossipService,
  shared,
  type Gossip,
} from '#src/stores/eventstore-server/stubs.js';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { allRead, RawWire } from '../../../fixtures/raw-wire.js';
import { servedStore } from '../../../fixtures/wire-server.js';

t.setTimeout(180_000 * PATIENCE);

const empty = () => new shared.Empty();

void t.test('lists its features and version, and reports other methods as unimplemented', async (t) => {
  const { server, client } = await servedStore(t);
  const asking = new featuresService.ServerFeaturesClient(
    `127.0.0.1:${server.port}`,
    credentials.createInsecure(),
  );
  t.teardown(() => asking.close());
  const supported = await new Promise<InstanceType<typeof features.SupportedMethods>>((resolve, reject) => {
    asking.getSupportedMethods(empty(), (error: ServiceError | null, response) =>
      error === null && response !== undefined ? resolve(response) : reject(error ?? new Error('no answer')),
    );
  });
  t.equal(supported.getEventStoreServerVersion(), '23.10.6');
  const told = Object.fromEntries(
    supported
      .getMethodsList()
      .map((method) => [`${method.getServiceName()}/${method.getMethodName()}`, method.getFeaturesList()]),
  );
  t.strictSame(told, {
    'event_store.client.streams.streams/read': ['position', 'events'],
    'event_store.client.streams.streams/append': [],
    'event_store.client.streams.streams/delete': [],
    'event_store.client.streams.streams/tombstone': [],
    'event_store.client.streams.streams/batchappend': ['deadline_duration'],
    'event_store.client.gossip.gossip/read': [],
    'event_store.client.server_features.serverfeatures/getsupportedmethods': [],
  });
  const refused = await client
    .createPersistentSubscriptionToStream('s', 'g', persistentSubscriptionToStreamSettingsFromDefaults())
    .catch((error: unknown) => error);
  t.match(refused, { message: /UNIMPLEMENTED/ });
});

void t.test('reports itself as the leader, at the address that the caller used', async (t) => {
  const { server } = await servedStore(t);
  const asking = new gossipService.GossipClient(`localhost:${server.port}`, credentials.createInsecure());
  t.teardown(() => asking.close());
  const members = await new Promise<Gossip.MemberInfo[]>((resolve, reject) => {
    asking.read(empty(), (error: ServiceError | null, response?: Gossip.ClusterInfo) =>
      error === null && response !== undefined
        ? resolve(response.getMembersList())
        : reject(error ?? new Error('no answer')),
    );
  });
  t.match(
    members.map((member) => member.toObject()),
    [
      {
        state: 8,
        isAlive: true,
        httpEndPoint: { address: 'localhost', port: server.port },
        timeStamp: /^\d{17}$/,
      },
    ],
  );
  const client = EventStoreDBClient.connectionString`esdb+discover://127.0.0.1:${server.port}?tls=false`;
  t.teardown(() => client.dispose());
  t.match(await client.appendToStream('s-1', jsonEvent({ type: 'A', data: {} })), { success: true });
});

void t.test('limits a connection to 100 concurrent calls', async (t) => {
  const { server } = await servedStore(t);
  const session = connect(`http://127.0.0.1:${server.port}`);
  t.teardown(() => session.destroy());
  const [settings] = (await once(session, 'remoteSettings')) as [Settings];
  t.equal(settings.maxConcurrentStreams, 100);
  const wire = new RawWire(t, server.port);
  let confirmed = 0;
  const calls = Array.from({ length: 130 }, () => wire.openRead(allRead('end', { count: 'subscription' })));
  const hundred = new Promise<void>((resolve) => {
    for (const call of calls) {
      call.on('error', () => undefined);
      call.once('data', () => {
        confirmed += 1;
        if (confirmed === 100) resolve();
      });
    }
  });
  await hundred;
  t.equal(confirmed, 100);
  for (const call of calls) call.cancel();
});

void t.test('ends all open calls as unavailable when it closes', async (t) => {
  const { server } = await servedStore(t);
  const wire = new RawWire(t, server.port);
  const call = wire.openRead(allRead('start', { count: 'subscription' }));
  const batch = wire.client.batchAppend(new Metadata());
  batch.on('data', () => undefined);
  const ends = [call, batch].map((each) => new Promise<ServiceError>((resolve) => each.on('error', resolve)));
  call.on('data', () => undefined);
  await once(call, 'data');
  await server.close();
  for (const end of ends) t.match(await end, { code: 14 });
});
