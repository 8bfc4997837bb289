import type { Projection } from '#projections/projection.js';

/** Those that name no share: little work. */
const OTHERS = 'others';

/**
 * Which models each thread builds. A thread reads and parses the whole log, whatever it folds, so that more threads than cores only do that more often: then
 * several shares have one thread. They are dealt out there and back, those with little work last: the first share has the most.
 */
export function shareOut(projections: readonly Pick<Projection, 'name' | 'share'>[], cores: number): readonly (readonly string[])[] {
  const shares = new Map<string, string[]>();
  for (const { name, share = OTHERS } of projections) shares.set(share, [...(shares.get(share) ?? []), name]);
  const names = [...shares.keys()].sort((a, b) => Number(a === OTHERS) - Number(b === OTHERS));
  const threads: string[][] = Array.from({ length: Math.min(Math.max(1, cores), names.length) }, () => []);
  const last = threads.length - 1;
  names.forEach((name, index) => {
    const place = index % threads.length;
    const isBack = Math.floor(index / threads.length) % 2 === 1;
    threads[isBack ? last - place : place]?.push(...(shares.get(name) ?? []));
  });
  return threads;
}
