import { createHash, randomBytes } from 'node:crypto';
import t, { type Test } from 'tap';
import { leafHash } from '#src/features/transparency/hashing.js';
import { isConsistent, rootFromInclusion } from '#src/features/transparency/proof.js';
import { TileStore } from '#src/features/transparency/tile-store.js';
import { consistencyProof, inclusionProof, RootBuilder, rootOf } from '#src/features/transparency/tree.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { TestClock } from '../../../fixtures/test-clock.js';

/** An implementation of RFC 6962, section 2.1, that follows its text and shares no code with ours. */
const hash = (...parts: Uint8Array[]): Buffer =>
  parts.reduce((all, part) => all.update(part), createHash('sha256')).digest();
const split = (n: number): number => {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
};
function mth(d: readonly Buffer[]): Buffer {
  if (d.length === 0) return hash();
  if (d.length === 1) return hash(Buffer.of(0), d[0]!);
  const k = split(d.length);
  return hash(Buffer.of(1), mth(d.slice(0, k)), mth(d.slice(k)));
}
function path(m: number, d: readonly Buffer[]): Buffer[] {
  if (d.length === 1) return [];
  const k = split(d.length);
  return m < k
    ? [...path(m, d.slice(0, k)), mth(d.slice(k))]
    : [...path(m - k, d.slice(k)), mth(d.slice(0, k))];
}
function subproof(m: number, d: readonly Buffer[], b: boolean): Buffer[] {
  if (m === d.length) return b ? [] : [mth(d)];
  const k = split(d.length);
  return m <= k
    ? [...subproof(m, d.slice(0, k), b), mth(d.slice(k))]
    : [...subproof(m - k, d.slice(k), false), mth(d.slice(0, k))];
}

function treeOf(t: Test, entries: readonly Buffer[], batch = entries.length): TileStore {
  const tiles = TileStore.open(ownFolder(t), 'log', new TestClock());
  t.teardown(() => tiles.close());
  for (let at = 0; at < entries.length; at += batch)
    tiles.append(
      entries
        .slice(at, at + batch)
        .map((entry, index) => ({ hash: leafHash(entry), position: BigInt(at + index) * 7n, created: 0 })),
    );
  return tiles;
}

void t.test("computes the roots of Certificate Transparency's reference vectors", async (t) => {
  const entries = [
    '',
    '00',
    '10',
    '2021',
    '3031',
    '40414243',
    '5051525354555657',
    '606162636465666768696a6b6c6d6e6f',
  ];
  const roots = [
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ];
  const tiles = treeOf(
    t,
    entries.map((text) => Buffer.from(text, 'hex')),
  );
  t.same(
    roots.map((_, size) => rootOf(tiles, size).toString('hex')),
    roots,
  );
});

void t.test("computes the RFC's roots and proofs for every prefix of a log", async (t) => {
  const entries = Array.from({ length: 71 }, () => randomBytes(5));
  const tiles = treeOf(t, entries, 9);
  const builder = new RootBuilder();
  const roots = [mth([])];
  for (let size = 1; size <= entries.length; size += 1) {
    const prefix = entries.slice(0, size);
    const root = mth(prefix);
    roots.push(root);
    builder.add(leafHash(entries[size - 1]!));
    if (!rootOf(tiles, size).equals(root)) t.fail(`the root of ${size} differs`);
    if (!builder.root().equals(root)) t.fail(`the builder's root of ${size} differs`);
    for (let index = 0; index < size; index += 1) {
      const proof = inclusionProof(tiles, index, size);
      t.strictSame(proof, path(index, prefix), `inclusion of ${index} in ${size}`);
      const computed = rootFromInclusion(leafHash(prefix[index]!), index, size, proof);
      if (computed?.equals(root) !== true) t.fail(`${index} in ${size} does not verify`);
    }
    for (let before = 0; before <= size; before += 1) {
      const proof = consistencyProof(tiles, before, size);
      if (before > 0)
        t.strictSame(proof, subproof(before, prefix, true), `consistency of ${before} with ${size}`);
      if (!isConsistent({ size: before, root: roots[before]! }, { size, root }, proof))
        t.fail(`${before} and ${size} do not verify`);
    }
  }
});

void t.test('rejects a proof with an altered bit, hash, index or size', async (t) => {
  const entries = Array.from({ length: 300 }, (_, index) => Buffer.from(String(index)));
  const tiles = treeOf(t, entries);
  const [index, size, before] = [137, 299, 200];
  const root = rootOf(tiles, size);
  const leaf = leafHash(entries[index]!);
  const proof = inclusionProof(tiles, index, size);
  const verifies = (leaf: Buffer, index: number, size: number, proof: Buffer[]): boolean =>
    rootFromInclusion(leaf, index, size, proof)?.equals(root) === true;
  t.ok(verifies(leaf, index, size, proof));
  t.notOk(verifies(flipped(leaf), index, size, proof));
  t.notOk(verifies(leaf, index + 1, size, proof));
  t.notOk(verifies(leaf, index, index, proof));
  t.notOk(verifies(leaf, index, size, proof.slice(1)));
  t.notOk(verifies(leaf, index, size, [...proof, leaf]));
  for (const at of proof.keys())
    t.notOk(verifies(leaf, index, size, proof.with(at, flipped(proof[at]!))), `hash ${at}`);

  const old = { size: before, root: rootOf(tiles, before) };
  const consistency = consistencyProof(tiles, before, size);
  t.ok(isConsistent(old, { size, root }, consistency));
  t.notOk(isConsistent({ ...old, root: flipped(old.root) }, { size, root }, consistency));
  t.notOk(isConsistent({ ...old, size: before + 1 }, { size, root }, consistency));
  t.notOk(isConsistent(old, { size, root: flipped(root) }, consistency));
  t.notOk(isConsistent({ size, root }, old, consistency));
  t.notOk(isConsistent(old, { size, root }, consistency.slice(1)));
  t.notOk(isConsistent(old, { size, root }, []));
  for (const at of consistency.keys())
    t.notOk(isConsistent(old, { size, root }, consistency.with(at, flipped(consistency[at]!))), `hash ${at}`);
});

void t.test('spans three levels of tiles for 70,000 entries', async (t) => {
  const entries = Array.from({ length: 70_000 }, (_, index) => Buffer.from(String(index)));
  const tiles = treeOf(t, entries, 4_999);
  const builder = new RootBuilder();
  for (const entry of entries) builder.add(leafHash(entry));
  t.ok(rootOf(tiles, 70_000).equals(builder.root()));
  // The widths that C2SP tlog-tiles gives as an example.
  t.ok(tiles.tile(0, 273, 112));
  t.notOk(tiles.tile(0, 273, 113));
  t.ok(tiles.tile(1, 1, 17));
  t.notOk(tiles.tile(1, 1, 18));
  t.ok(tiles.tile(2, 0, 1));
  t.notOk(tiles.tile(2, 0, 2));
  for (const index of [0, 255, 256, 65_535, 65_536, 69_999]) {
    const proof = inclusionProof(tiles, index, 70_000);
    t.ok(
      rootFromInclusion(leafHash(entries[index]!), index, 70_000, proof)?.equals(builder.root()),
      `${index}`,
    );
  }
});

function flipped(hash: Buffer): Buffer {
  const other = Buffer.from(hash);
  other[7]! ^= 16;
  return other;
}
