import type { ChangesOptions, DocumentChange } from '#domain/kernel/ports/history.js';

/** Greater than any position or sequence number. */
export const END = 2n ** 63n - 1n;

/** One document from its creation to its end. `ended` is null while the document exists. */
export interface Span {
  readonly sequence: bigint;
  readonly created: bigint;
  readonly ended: bigint | null;
}

/** Returns the positions in a range at which a document changed after its creation, in either direction. */
export type ReadTouches = (
  sequence: bigint,
  range: {
    readonly from: bigint;
    readonly to: bigint;
    readonly newestFirst: boolean;
    readonly limit: number;
  },
) => readonly bigint[];

/** Returns the changes of all documents that ever had one id. `spans` are in log order. */
export function changesOf(
  spans: readonly Span[],
  { from = -1n, to = END, newestFirst, limit }: ChangesOptions,
  touches: ReadTouches,
): readonly DocumentChange[] {
  if (from > END) return [];
  const last = to > END ? END : to;
  const changes: DocumentChange[] = [];
  for (const span of newestFirst ? [...spans].reverse() : spans) {
    const { sequence, created, ended } = span;
    if (changes.length >= limit) break;
    if (created > last || (ended !== null && ended < from)) continue;
    const creation: DocumentChange[] = created >= from ? [{ position: created, change: 'created' }] : [];
    const others = touches(sequence, { from, to: last, newestFirst, limit: limit - changes.length }).map(
      (position): DocumentChange => ({ position, change: position === ended ? 'ended' : 'changed' }),
    );
    changes.push(...(newestFirst ? [...others, ...creation] : [...creation, ...others]));
  }
  return changes.slice(0, limit);
}
