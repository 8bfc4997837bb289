import { MongoServerError } from 'mongodb';
import t, { type Test } from 'tap';
import { connect, isMoved, readModelError } from '#src/stores/mongodb/connect.js';

/** A client without a server: the driver connects at the first command. */
function connected(t: Test, url: string) {
  const connection = connect(url, { socketTimeoutMS: 1_234 });
  t.teardown(() => connection.client.close());
  return { options: connection.client.options, database: connection.db.databaseName };
}

void t.test('uses majority read and write concerns, and retries failed calls', (t) => {
  const { options } = connected(t, 'mongodb://127.0.0.1:1/models');
  t.equal(options.readConcern?.level, 'majority');
  t.match(options.writeConcern, { w: 'majority', wtimeoutMS: 10_000 });
  t.equal(options.readPreference.mode, 'primary');
  t.match(options, { retryReads: true, retryWrites: true, useBigInt64: true, appName: 'muster' });
  t.end();
});

void t.test('detects an unavailable server within two seconds unless the URL sets other timeouts', (t) => {
  const patience = {
    serverSelectionTimeoutMS: 2_000,
    connectTimeoutMS: 2_000,
    heartbeatFrequencyMS: 2_000,
    socketTimeoutMS: 1_234,
  };
  t.match(connected(t, 'mongodb://127.0.0.1:1/').options, patience);
  const other = connected(t, 'mongodb://127.0.0.1:1/?connectTimeoutMS=60000&socketTimeoutMS=70000').options;
  t.match(other, { ...patience, connectTimeoutMS: 60_000, socketTimeoutMS: 70_000 });
  t.end();
});

void t.test('uses the database in the URL, or muster if there is none', (t) => {
  t.equal(connected(t, 'mongodb://127.0.0.1:1/models').database, 'models');
  t.equal(connected(t, 'mongodb://127.0.0.1:1').database, 'muster');
  t.equal(connected(t, 'mongodb://127.0.0.1:1/?retryReads=true').database, 'muster');
  t.equal(
    connected(t, 'mongodb://127.0.0.1:1/test').database,
    'test',
    "the driver's default name is used if the URL contains it",
  );
  t.end();
});

void t.test('translates known errors of the driver, and no others', (t) => {
  const full = new MongoServerError({ message: 'no space', code: 14_031 });
  t.match(readModelError(full), { code: 'MUSTER_E_STORE_FULL', cause: full });
  const broken = Object.assign(new Error('write EPIPE'), { syscall: 'write' });
  t.match(readModelError(broken, 'jobs'), {
    code: 'MUSTER_E_READ_MODEL_UNAVAILABLE',
    fields: { model: 'jobs', problem: 'MongoDB: write EPIPE' },
    cause: broken,
  });
  const ours = new Error('ours');
  t.equal(readModelError(ours), ours);
  t.equal(readModelError('text'), 'text');
  t.ok(isMoved(new MongoServerError({ message: 'ns not found', code: 26 })));
  t.notOk(isMoved(full));
  t.end();
});
