import { existsSync, readdirSync } from 'node:fs';
import { link, mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import t, { type Test } from 'tap';
import { cleanCache } from '#agents/drivers/conda/generations/cache.js';
import { GenerationStore } from '#agents/drivers/conda/generations/store.js';
import { ownFolder } from '../../../../fixtures/folder.js';

const HOUR = 3_600_000;
const MEGABYTE = 1_000_000;
const hashOf = (letter: string): string => letter.repeat(64);

/** Generations `a` (least recently used), `b` and `c`, each with a megabyte and the package of its name. */
async function scene(t: Test) {
  const root = ownFolder(t);
  const store = GenerationStore.of(root, 'one');
  await store.prepare();
  for (const [place, letter] of ['a', 'b', 'c'].entries()) {
    const prefix = store.prefix(letter.repeat(12));
    for (const folder of [prefix, path.join(store.packages, `${letter}-1-0`), path.join(store.files, letter)])
      await mkdir(folder);
    await writeFile(path.join(prefix, 'file'), Buffer.alloc(MEGABYTE, letter));
    await link(path.join(prefix, 'file'), path.join(store.packages, `${letter}-1-0/file`));
    await writeFile(path.join(store.packages, `${letter}-1-0.lock`), '');
    await link(path.join(prefix, 'file'), path.join(store.files, letter, 'kept'));
    await writeFile(
      store.note(hashOf(letter)),
      JSON.stringify({ disk: MEGABYTE, lock: { packages: [{ name: letter, version: '1', build: '0' }] } }),
    );
    await symlink(letter.repeat(12), store.link(hashOf(letter)));
    await store.touch(hashOf(letter), (place + 1) * HOUR);
  }
  const left = (): string[] =>
    ['a', 'b', 'c'].filter((letter) => existsSync(store.prefix(letter.repeat(12))));
  return { root, store, left };
}

const nothing = (): boolean => false;

void t.test('removes a generation that has been unused for too long, unless a task needs it', async (t) => {
  const { root, left, store } = await scene(t);
  const bounds = { maxBytes: 1e12, unusedMs: 2 * HOUR };
  await cleanCache(root, bounds, 3 * HOUR, nothing);
  t.same(left(), ['a', 'b', 'c']);
  await cleanCache(root, bounds, 4.5 * HOUR, (_, hash) => hash === hashOf('a'));
  t.same(left(), ['a', 'c']);
  t.equal(await store.ready(hashOf('b')), undefined);
  t.match(await store.ready(hashOf('a')), { disk: MEGABYTE });
});

void t.test(
  'removes the least recently used generations while the cache exceeds its maximum size',
  async (t) => {
    const { root, left, store } = await scene(t);
    await cleanCache(root, { maxBytes: 2.5 * MEGABYTE, unusedMs: 1e12 }, 4 * HOUR, nothing);
    t.same(left(), ['b', 'c']);
    t.same(readdirSync(store.packages).sort(), ['b-1-0', 'b-1-0.lock', 'c-1-0', 'c-1-0.lock']);
    t.notOk(existsSync(path.join(store.files, 'a/kept')));
    await cleanCache(
      root,
      { maxBytes: 1.5 * MEGABYTE, unusedMs: 1e12 },
      4 * HOUR,
      (_, hash) => hash === hashOf('b'),
    );
    t.same(left(), ['b'], 'a generation that a task needs is not removed');
    await cleanCache(root, { maxBytes: 0, unusedMs: 1e12 }, 4 * HOUR, (_, hash) => hash === hashOf('b'));
    t.same(left(), ['b']);
  },
);
