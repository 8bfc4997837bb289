import { execFile } from 'node:child_process';
import { lstat, readdir, readFile, readlink, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { GenerationStore } from './store.js';

export interface CacheBounds {
  readonly maxBytes: number;
  readonly unusedMs: number;
}

interface StoredGeneration {
  readonly store: GenerationStore;
  readonly hash: string;
  readonly usedAt: number;
}

const HASH = /^[0-9a-f]{64}$/;

/** Removes generations that have been unused for too long, then the least recently used ones if the rest is too large. Skips those that `isHeld`. */
export async function cleanCache(
  root: string,
  { maxBytes, unusedMs }: CacheBounds,
  now: number,
  isHeld: (store: GenerationStore, hash: string) => boolean,
): Promise<void> {
  const stores = (await readdir(root).catch(() => [])).map(
    (name) => new GenerationStore(path.join(root, name)),
  );
  const kept = (await Promise.all(stores.map(generationsOf)))
    .flat()
    .sort((one, other) => one.usedAt - other.usedAt);
  const mayGo = kept.filter(({ store, hash }) => !isHeld(store, hash));
  const left = mayGo.filter(({ usedAt }) => now - usedAt <= unusedMs);
  for (const each of mayGo) if (!left.includes(each)) await removeGeneration(each);
  if ((await bytesOf(root)) <= maxBytes) return;
  for (const store of stores) await dropUnneeded(store);
  for (const each of left) {
    if ((await bytesOf(root)) <= maxBytes) return;
    await removeGeneration(each);
    await dropUnneeded(each.store);
  }
}

async function generationsOf(store: GenerationStore): Promise<StoredGeneration[]> {
  const names = (await readdir(store.folder)).filter((name) => HASH.test(name));
  return await Promise.all(
    names.map(async (hash) => ({ store, hash, usedAt: (await lstat(store.link(hash))).mtimeMs })),
  );
}

/** Removes the link first, so that no run finds a partially removed generation. */
async function removeGeneration({ store, hash }: StoredGeneration): Promise<void> {
  const id = await readlink(store.link(hash)).catch(() => undefined);
  await rm(store.link(hash), { force: true });
  await rm(store.note(hash), { force: true });
  if (id !== undefined)
    await rm(store.prefix(path.basename(id)), { recursive: true, force: true, maxRetries: 3 });
}

/** Removes packages that no generation uses, and content files that have no other links. */
async function dropUnneeded(store: GenerationStore): Promise<void> {
  if ((await readdir(path.join(store.folder, 'work')).catch(() => [])).length > 0) return;
  const needed = new Set<string>();
  for (const { hash } of await generationsOf(store)) {
    const text = await readFile(store.note(hash), 'utf8').catch(() => '{}');
    const { lock } = JSON.parse(text) as {
      lock?: { packages: { name: string; version: string; build: string }[] };
    };
    for (const { name, version, build } of lock?.packages ?? []) needed.add(`${name}-${version}-${build}`);
  }
  for (const name of await readdir(store.packages).catch(() => [])) {
    if (needed.has(name.replace(/\.lock$/, ''))) continue;
    const gone = path.join(store.folder, 'work', `.gone-${name}`);
    await rename(path.join(store.packages, name), gone).catch(() => undefined);
    await rm(gone, { recursive: true, force: true, maxRetries: 3 });
  }
  for (const folder of await readdir(store.files).catch(() => []))
    for (const name of await readdir(path.join(store.files, folder))) {
      const file = path.join(store.files, folder, name);
      if ((await lstat(file)).nlink === 1) await rm(file, { force: true });
    }
}

function bytesOf(folder: string): Promise<number> {
  return new Promise((resolve) => {
    execFile('du', ['--summarize', '--block-size=1', '--', folder], { maxBuffer: 16_777_216 }, (_, stdout) =>
      resolve(Number(/^\d+/.exec(stdout)?.[0] ?? 0)),
    );
  });
}
