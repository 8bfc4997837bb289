import t from 'tap';
import { networkInterfaces } from 'node:os';
import { agentEnvironment, ownParts, announcedParts } from '#src/process/agent/address.js';
import { readSettings } from '#src/process/settings/settings.js';

void t.test(
  "passes the addresses of the server's dependencies to the local agent, without passwords",
  (t) => {
    const settings = readSettings({
      MUSTER_EVENTSTORE_URL: 'esdb://admin:changeit@10.0.0.1:2113,10.0.0.2:2113?tls=false',
      MUSTER_MONGODB_URL: 'mongodb://muster:secret@views/muster',
      MUSTER_NATS_URL: 'nats://user:hidden@127.0.0.1:4222',
      MUSTER_HTTP_DENY: 'localhost:8222',
    });
    const environment = agentEnvironment(settings, '/data', 'http://0.0.0.0:8080');
    t.same(environment['MUSTER_HTTP_DENY']?.split(',').sort(), [
      '10.0.0.1:2113',
      '10.0.0.2:2113',
      '127.0.0.1:4222',
      'localhost:8222',
      'views:27017',
    ]);
    t.notMatch(JSON.stringify(environment), /changeit|hidden|muster:secret/);
    t.equal(
      readSettings({ MUSTER_HTTP_DENY: environment['MUSTER_HTTP_DENY'] }).agent.httpDeny.length,
      5,
      'the value is a valid setting',
    );
    t.end();
  },
);

void t.test("sends registering agents every address of the server's dependencies, without passwords", (t) => {
  const settings = readSettings({ MUSTER_EVENTSTORE_URL: 'esdb://admin:changeit@10.0.0.1:2113?tls=false' });
  t.same(announcedParts(settings, 'http://10.0.0.5:8080').sort(), ['10.0.0.5:8080', 'esdb://10.0.0.1:2113']);
  const addresses = Object.values(networkInterfaces()).flatMap(
    (each) => each?.map(({ address }) => address) ?? [],
  );
  const told = announcedParts(readSettings({}), 'http://0.0.0.0:8080');
  t.same(
    new Set(told),
    new Set(addresses.map((address) => (address.includes(':') ? `[${address}]:8080` : `${address}:8080`))),
  );
  t.ok(told.includes('127.0.0.1:8080'));
  t.same(announcedParts(readSettings({}), undefined), []);
  t.notMatch(announcedParts(settings, undefined).join(), /changeit/);
  const stores = readSettings({
    MUSTER_MONGODB_URL: 'mongodb://muster:secret@10.0.0.2,10.0.0.3:27018/muster',
    MUSTER_NATS_URL: 'tls://user:hidden@10.0.0.4',
    MUSTER_JOIN_TOKEN: 'join-token-of-a-test',
    MUSTER_EVENTSTORE_LISTEN: '127.0.0.1:2113',
  });
  const places = announcedParts(stores, undefined);
  t.same(
    places.toSorted(),
    ['esdb://127.0.0.1:2113', 'mongodb://10.0.0.2:27017', 'mongodb://10.0.0.3:27018', 'tls://10.0.0.4:4222'],
    'stores are announced with their scheme',
  );
  t.end();
});

void t.test("reads the addresses of the dependencies from the agent's own settings", (t) => {
  const parts = ownParts(
    readSettings({
      MUSTER_SERVER_URL: 'http://core:8080',
      MUSTER_NATS_URL: 'nats://user:hidden@[::1]:4222',
      MUSTER_EVENTSTORE_LISTEN: '[::1]:2113',
      MUSTER_HTTP_DENY: 'a',
    }),
  );
  t.same(parts, ['http://core:8080', 'nats://user:hidden@[::1]:4222', 'esdb://[::1]:2113', 'a']);
  t.same(ownParts(readSettings({})), []);
  t.end();
});
