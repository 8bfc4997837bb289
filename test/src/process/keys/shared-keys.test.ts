import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { mkdirSync } from 'node:fs';
import t, { type Test } from 'tap';
import pino from 'pino';
import { encode } from '#test/fixtures/muster-events.js';
import { streamName } from '#domain/kernel/event/index.js';
import { openedOrMarked } from '#src/accounts/index.js';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { CLUSTER_SUBJECT, tenantSubject, userSubject } from '#domain/kernel/sealing/index.js';
import { KEYS_FILE, openSqliteKeys, RootKey, Sealer } from '#src/engine/sealing/index.js';
import type { ReadinessCheck } from '#src/http/index.js';
import { checkSharedKeys, sealsForAll } from '#src/process/keys/shared-keys.js';
import { createMemoryEventStore } from '../../../fixtures/memory-event-store.js';

const parts = { clock: systemClock, ids: { uuid: randomUUID } };

/** Servers of one log and one data key, each with the keys of its own data directory. */
function servers(t: Test) {
  const root = new RootKey(randomBytes(32));
  const store = createMemoryEventStore();
  const directory = t.testdir();
  const warned: unknown[] = [];
  const readiness = new Map<Sealer, ReadinessCheck | undefined>();
  const log = pino(
    { level: 'warn' },
    { write: (line) => warned.push((JSON.parse(line) as { code: string }).code) },
  );
  const start = async (name: string): Promise<Sealer> => {
    mkdirSync(join(directory, name), { recursive: true });
    const sealer = await Sealer.open({
      keys: openSqliteKeys(join(directory, name)),
      root,
      clock: systemClock,
      store: KEYS_FILE,
    });
    t.teardown(async () => await sealer.close());
    readiness.set(sealer, await checkSharedKeys(sealer, { store, isShared: true, directory }, parts, log));
    return sealer;
  };
  return { store, start, warned, readiness };
}

void t.test('warns about separate keys on a shared log, and reports the missing key', async (t) => {
  const { start, warned } = servers(t);
  const one = await start('one');
  const sealed = await one.seal(CLUSTER_SUBJECT, 'env', 'secret');
  t.same(warned, []);
  const two = await start('two');
  t.same(warned, ['keys.not-shared']);
  await t.rejects(two.open(sealed, 'env'), {
    code: 'MUSTER_E_SEALING_KEY_MISSING',
    message: /^the key of cluster .* is not in keys\.db/,
  });
  await two.seal(CLUSTER_SUBJECT, 'env', 'another');
  await t.rejects(
    two.open(sealed, 'env'),
    { code: 'MUSTER_E_SEALING_KEY_MISSING' },
    'another key with the same name does not open the value',
  );
  await t.rejects(two.open(await one.seal(tenantSubject('a'), 'result', 'x'), 'result'), {
    code: 'MUSTER_E_SEALING_KEY_MISSING',
  });
});

void t.test('reports degraded readiness only if the keys do not belong to the log', async (t) => {
  const { start, readiness } = servers(t);
  t.match(readiness.get(await start('one')), { name: 'sealing-keys', ok: true });
  t.match(readiness.get(await start('two')), {
    name: 'sealing-keys',
    ok: false,
    vital: false,
    detail: /does not have.*MUSTER_MONGODB_URL/,
  });
  t.match(readiness.get(await start('one')), { ok: true });
});

void t.test('distinguishes erased accounts from texts that another server has sealed', async (t) => {
  const { start, store } = servers(t);
  const [one, two] = [await start('one'), await start('two')];
  for (const [here, there] of [
    [one, two],
    [two, one],
  ] as const) {
    const userId = randomUUID();
    const sealed = await here.seal(userSubject(userId), 'email', 'x');
    await t.rejects(there.open(sealed, 'email'), { code: 'MUSTER_E_SEALING_KEY_MISSING' });
    t.equal(await openedOrMarked(there, sealed, 'email'), 'sealed by another server');
    await here.eraseKey(userSubject(userId));
    const id = randomUUID();
    const erased = encode(
      { type: 'UserErased', data: { userId } },
      { $correlationId: id, $causationId: id, at: 0 },
    );
    await store.append({
      stream: streamName('user', userId),
      expected: 'no_stream',
      events: [{ id, ...erased }],
    });
    for (const sealer of [here, there]) t.equal(await openedOrMarked(sealer, sealed, 'email'), 'erased');
  }
  await one.seal(CLUSTER_SUBJECT, 'env', 'x');
  await t.rejects(
    one.open(await two.seal(CLUSTER_SUBJECT, 'env', 'x'), 'env'),
    { code: 'MUSTER_E_SEALING_KEY_MISSING' },
    'the first server also reports a missing key',
  );
});

void t.test('does not warn after a restart or with shared keys', async (t) => {
  const { start, warned, store } = servers(t);
  const one = await start('one');
  const again = await start('one');
  t.equal(again.storeId, one.storeId);
  t.equal(await again.open(await one.seal(CLUSTER_SUBJECT, 'env', 'secret'), 'env'), 'secret');
  t.same(warned, []);
  t.notOk(await sealsForAll('another', { store, ...parts }));
  t.ok(await sealsForAll(one.storeId, { store, ...parts }));
});

void t.test('records the keys of only one server if several start at once', async (t) => {
  const store = createMemoryEventStore();
  const said = await Promise.all(
    ['a', 'b', 'c', 'd'].map(async (id) => await sealsForAll(id, { store, ...parts })),
  );
  t.equal(said.filter(Boolean).length, 1);
});

void t.test('a start that ends while it looks for lost keys does not hide that they are lost', async (t) => {
  const store = createMemoryEventStore();
  const directory = t.testdir();
  const root = new RootKey(randomBytes(32));
  const log = pino({ level: 'silent' });
  const openKeys = async (): Promise<Sealer> =>
    await Sealer.open({ keys: openSqliteKeys(directory), root, clock: systemClock, store: KEYS_FILE });
  const checked = async (sealer: Sealer, of = store) =>
    await checkSharedKeys(sealer, { store: of, isShared: false, directory }, parts, log);
  const sealed = `sealed:1:${CLUSTER_SUBJECT}:${'x'.repeat(40)}`;
  const userId = randomUUID();
  const password = encode(
    { type: 'UserPasswordSet', data: { userId, password: sealed } },
    { $correlationId: userId, $causationId: userId, at: 0 },
  );
  await store.append({
    stream: streamName('user', userId),
    expected: 'no_stream',
    events: [{ id: randomUUID(), ...password }],
  });
  const first = await openKeys();
  const killed = new Error('killed');
  await t.rejects(
    checked(
      first,
      Object.assign(Object.create(store), {
        readAll: () => {
          throw killed;
        },
      }) as typeof store,
    ),
    killed,
  );
  await first.close();
  const second = await openKeys();
  t.match(await checked(second), { name: 'sealing-keys', ok: false, detail: /cannot be read/ });
  t.match(await checked(second), { ok: false }, 'and after each further start');
  await second.close();
});
