import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { sealedText } from '#domain/kernel/sealing/index.js';
import { RootKey } from '#src/engine/sealing/root-key.js';
import { Sealer } from '#src/engine/sealing/sealer.js';
import { KEYS_FILE, openSqliteKeys } from '#src/engine/sealing/sqlite-keys.js';

const root = new RootKey(randomBytes(32));

async function open(t: Test, directory: string, key = root): Promise<Sealer> {
  const sealer = await Sealer.open({
    keys: openSqliteKeys(directory),
    root: key,
    clock: systemClock,
    store: KEYS_FILE,
  });
  t.teardown(() => sealer.close());
  return sealer;
}

void t.test(
  'opens sealed texts, even after a restart, and the sealed form does not contain the text',
  async (t) => {
    const directory = t.testdir();
    const first = await open(t, directory);
    for (const text of ['', 'secret', 'é😀\u0000', 'x'.repeat(100_000)]) {
      const sealed = await first.seal('user.1', 'email', text);
      t.ok(sealedText.safeParse(sealed).success);
      if (text.length > 3) t.notOk(sealed.includes(text));
      t.equal(await first.open(sealed, 'email'), text);
      t.equal(await (await open(t, directory)).open(sealed, 'email'), text);
    }
  },
);

void t.test('seals the same text identically only for the same field and subject', async (t) => {
  const sealer = await open(t, t.testdir());
  const one = await sealer.seal('user.1', 'email', 'a@b');
  t.equal(await sealer.seal('user.1', 'email', 'a@b'), one);
  const cipherOf = (sealed: string): string => sealed.slice(sealed.lastIndexOf(':') + 1);
  t.not(cipherOf(await sealer.seal('user.1', 'name', 'a@b')), cipherOf(one));
  t.not(cipherOf(await sealer.seal('user.2', 'email', 'a@b')), cipherOf(one));
});

void t.test('refuses a sealed text of another field or subject, or with a changed bit', async (t) => {
  const sealer = await open(t, t.testdir());
  const sealed = await sealer.seal('user.1', 'email', 'a@b');
  await sealer.seal('user.2', 'email', 'a@b');
  const end = sealed.at(-10) === 'A' ? 'B' : 'A';
  for (const [text, purpose] of [
    [sealed, 'name'],
    [sealed.replace('user.1', 'user.2'), 'email'],
    [sealed.slice(0, -10) + end + sealed.slice(-9), 'email'],
    ['sealed:2:x', 'email'],
  ] as const) {
    await t.rejects(sealer.open(text, purpose), { code: 'MUSTER_E_STORE_CORRUPT' });
  }
});

void t.test('cannot open a text after its key was erased from every file', async (t) => {
  const directory = t.testdir();
  const sealer = await open(t, directory);
  const sealed = await sealer.seal('user.1', 'email', 'a@b');
  const keys = openSqliteKeys(directory);
  const wrapped = Buffer.from((await keys.get('user.1'))!);
  await keys.close();
  const found = (): boolean =>
    readdirSync(directory).some((name) => readFileSync(join(directory, name)).includes(wrapped));
  t.ok(found());
  await sealer.eraseKey('user.1');
  t.equal(await sealer.open(sealed, 'email'), undefined);
  t.notOk(found());
});

void t.test(
  'creates a single key per subject under concurrent use, and refuses another data key',
  async (t) => {
    const directory = t.testdir();
    const sealer = await open(t, directory);
    const other = await open(t, directory);
    const sealed = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        (index % 2 === 0 ? sealer : other).seal(`user.${index % 20}`, 'x', 'text'),
      ),
    );
    for (const each of sealed) t.equal(await sealer.open(each, 'x'), 'text');
    const keys = openSqliteKeys(directory);
    t.teardown(() => keys.close());
    await t.rejects(
      Sealer.open({ keys, root: new RootKey(randomBytes(32)), clock: systemClock, store: KEYS_FILE }),
      { code: 'MUSTER_E_DATA_KEY_WRONG' },
    );
    for (const name of readdirSync(directory)) t.equal(statSync(join(directory, name)).mode & 0o077, 0, name);
  },
);
