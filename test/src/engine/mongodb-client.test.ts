import { MongoClient } from 'mongodb';
import t from 'tap';
import { ReconnectingClient } from '#src/engine/mongodb-client.js';
import { eventually } from '../../fixtures/eventually.js';
import { mongodb, mongodbMissing } from '../../fixtures/ferretdb.js';
import { freePort } from '../../fixtures/free-port.js';
import { required } from '../../fixtures/requirement.js';

const missing = mongodbMissing();
t.setTimeout(120_000);

void t.test('a client that has lost sight of its server makes room for one that sees it', async (t) => {
  if (!required(t, missing === undefined, missing ?? '')) return;
  const place = await mongodb(t);
  const dead = `mongodb://127.0.0.1:${await freePort()}/`;
  let made = 0;
  // What the driver does when its monitor stands still cannot be had at will: the first client looks where nobody is.
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
  await eventually(ping, { timeout: 60_000, what: 'an answer' });
  t.not(lasting.client, first);
  t.equal(made, 2);
});

void t.test('a server that is away is looked for by one client at a time, and the first stays', async (t) => {
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
    what: 'the end of the first look',
  });
  t.equal(lasting.client, first);
  lasting.reportError(new Error('something else'));
  await lasting.close();
  lasting.reportError(error);
  t.equal(made, 3, 'nobody looks for a closed one');
});
