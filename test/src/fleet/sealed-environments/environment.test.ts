import { randomBytes } from 'node:crypto';
import t from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { openGroup, sealEnvironment } from '#src/fleet/sealed-environments/index.js';
import { RootKey } from '#src/engine/sealing/root-key.js';
import { Sealer } from '#src/engine/sealing/sealer.js';
import { KEYS_FILE, openSqliteKeys } from '#src/engine/sealing/sqlite-keys.js';

void t.test("Muster's variables take precedence over sealed ones, except for the time zone", async (t) => {
  const sealer = await Sealer.open({
    keys: openSqliteKeys(t.testdir()),
    root: new RootKey(randomBytes(32)),
    clock: systemClock,
    store: KEYS_FILE,
  });
  t.teardown(() => sealer.close());
  const env = { MUSTER_RUN: '2', TZ: 'Europe/Berlin' };
  const opened = async (own: Record<string, string>) => {
    const sealed_env = await sealEnvironment(sealer, 'tenant.1', own);
    const task = { name: 'main', driver: 'exec', config: { command: 'date' }, env, sealed_env };
    return (await openGroup(sealer, { name: 'run', tasks: [task] })).tasks[0]?.env;
  };
  t.same(await opened({ MUSTER_RUN: '7', A: 'b' }), { ...env, A: 'b' });
  t.same(await opened({ TZ: 'Asia/Tokyo' }), { ...env, TZ: 'Asia/Tokyo' });
});
