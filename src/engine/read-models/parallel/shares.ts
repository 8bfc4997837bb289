import type { Projection } from '#domain/kernel/projection.js';

/**
 * Distributes models across threads. Each thread reads and parses the whole log, so using more threads than cores would be slower. If there are more
 * shares than cores, they are dealt to the threads back and forth. Models without a share are cheap, and are then dealt one by one.
 */
export function shareOut(
  projections: readonly Pick<Projection, 'name' | 'share'>[],
  cores: number,
): readonly (readonly string[])[] {
  const shares = new Map<string, string[]>();
  const others: string[] = [];
  for (const { name, share } of projections) {
    if (share === undefined) others.push(name);
    else shares.set(share, [...(shares.get(share) ?? []), name]);
  }
  const wanted = shares.size + (others.length > 0 ? 1 : 0);
  const threads: string[][] = Array.from({ length: Math.min(Math.max(1, cores), wanted) }, () => []);
  const last = threads.length - 1;
  [...shares.values()].forEach((names, index) => {
    const place = index % threads.length;
    const isBack = Math.floor(index / threads.length) % 2 === 1;
    threads[isBack ? last - place : place]?.push(...names);
  });
  if (threads.length > shares.size) threads[last]?.push(...others);
  else others.forEach((name, index) => threads[index % threads.length]?.push(name));
  return threads;
}
