import { MongoClient } from 'mongodb';
import t from 'tap';
import { ReconnectingClient } from '#src/engine/mongodb-client.js';
import { eventually } from '../../fixtures/eventually.js';
import { mongodb, mongodbMissing } from '../../fixtures/ferretdb.js';
import { freePort } from '../../fixtures/free-port.js';
import { required } from '../../fixtures/requirement.js';

const missing = mongodbMissing();
void t.test('replaces a client that has lost its server once a new client connects', async (t) => {
  if (!required(t, missing === undefined, missing ?? '')) return;
  const place = await mongodb(t);
  const dead = `mongodb://127.0.0.1:${await freePort()}/`;
  let made = 0;
  // The driver's monitor cannot be made to hang, so the first client connects to a port where nothing listens.
  const lasting = new ReconnectingClient(() => {
    made += 1;
    return made === 1 ? new MongoClient(dead, { serverSelectionTimeoutMS: 200 }) : new MongoClient(place.url);
  });
  t.teardown(() => lasting.close());
  const first = lasting.client;
  const ping = (): Promise<boolean> =>
    lasting.client
      .db('admin')
      .command({ ping: 1 })
      .then(
        () => true,
        (error: unknown) => {
          lasting.reportError(error);
          return false;
        },
      );
  t.equal(await ping(), false);
  await eventually(ping, { timeout: 60_000, what: 'a response' });
  t.not(lasting.client, first);
  t.equal(made, 2);
});

void t.test('opens only one extra client at a time while the server is unavailable', async (t) => {
  const dead = `mongodb://127.0.0.1:${await freePort()}/`;
  let made = 0;
  const lasting = new ReconnectingClient(() => {
    made += 1;
    return new MongoClient(dead, { serverSelectionTimeoutMS: 200 });
  });
  const first = lasting.client;
  const error: unknown = await first
    .db('admin')
    .command({ ping: 1 })
    .catch((reason: unknown) => reason);
  for (let times = 0; times < 5; times += 1) lasting.reportError(error);
  t.equal(made, 2);
  await eventually(() => (lasting.reportError(error), Promise.resolve(made === 3)), {
    timeout: 20_000,
    what: 'the end of the first search',
  });
  t.equal(lasting.client, first);
  lasting.reportError(new Error('something else'));
  await lasting.close();
  lasting.reportError(error);
  t.equal(made, 3, 'a closed client starts no search');
});
