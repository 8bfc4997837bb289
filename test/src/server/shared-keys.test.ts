import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { mkdirSync } from 'node:fs';
import t, { type Test } from 'tap';
import pino from 'pino';
import { systemClock } from '#agents/clock/system-clock.js';
import { CLUSTER_SUBJECT, tenantSubject, userSubject } from '#domain/sealing/index.js';
import { createMemoryEventStore } from '#src/engine/event-store/index.js';
import { KEYS_FILE, openSqliteKeys, RootKey, Sealer } from '#src/engine/sealing/index.js';
import { checkSharedKeys, sealsForAll } from '#src/server/shared-keys.js';

const parts = { clock: systemClock, ids: { uuid: randomUUID } };

/** Servers of one log and one data key, each with the keys of its own data directory. */
function servers(t: Test) {
  const root = new RootKey(randomBytes(32));
  const store = createMemoryEventStore();
  const directory = t.testdir();
  const warned: unknown[] = [];
  const log = pino({ level: 'warn' }, { write: (line) => warned.push((JSON.parse(line) as { code: string }).code) });
  const start = async (name: string): Promise<Sealer> => {
    mkdirSync(join(directory, name), { recursive: true });
    const sealer = await Sealer.open({ keys: openSqliteKeys(join(directory, name)), root, clock: systemClock, store: KEYS_FILE });
    t.teardown(async () => await sealer.close());
    await checkSharedKeys(sealer, { store, exclusive: false }, parts, log);
    return sealer;
  };
  return { store, start, warned };
}

void t.test('a server with keys of its own on a log that others seal is warned, and names the key that it does not have', async (t) => {
  const { start, warned } = servers(t);
  const one = await start('one');
  const sealed = await one.seal(CLUSTER_SUBJECT, 'env', 'secret');
  t.same(warned, []);
  const two = await start('two');
  t.same(warned, ['keys.not-shared']);
  await t.rejects(two.open(sealed, 'env'), { code: 'MUSTER_E_SEALING_KEY_MISSING', message: /^the key of cluster .* is not in keys\.db/ });
  await two.seal(CLUSTER_SUBJECT, 'env', 'another');
  await t.rejects(two.open(sealed, 'env'), { code: 'MUSTER_E_SEALING_KEY_MISSING' }, 'one of the same name is not the one');
  await t.rejects(two.open(await one.seal(tenantSubject('a'), 'result', 'x'), 'result'), { code: 'MUSTER_E_SEALING_KEY_MISSING' });
  t.equal(await two.open(await one.seal(userSubject('u'), 'email', 'x'), 'email'), undefined, 'a person may be erased');
});

void t.test('a server that starts again, or shares the keys, is not warned', async (t) => {
  const { start, warned, store } = servers(t);
  const one = await start('one');
  const again = await start('one');
  t.equal(again.storeId, one.storeId);
  t.equal(await again.open(await one.seal(CLUSTER_SUBJECT, 'env', 'secret'), 'env'), 'secret');
  t.same(warned, []);
  t.notOk(await sealsForAll('another', { store, ...parts }));
  t.ok(await sealsForAll(one.storeId, { store, ...parts }));
});

void t.test('of servers that start at once one names its keys', async (t) => {
  const store = createMemoryEventStore();
  const said = await Promise.all(['a', 'b', 'c', 'd'].map(async (id) => await sealsForAll(id, { store, ...parts })));
  t.equal(said.filter(Boolean).length, 1);
});
