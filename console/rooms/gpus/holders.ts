import type { ClaimRow, NodeRow } from '../../api/types.js';

/** Who holds one GPU of a node. */
export interface Holder {
  readonly kind: 'claim' | 'job' | 'free';
  /** Id of the claim. */
  readonly id?: string;
  readonly words: string;
}

/** Returns one entry for each GPU of the node. GPUs that are allocated but not claimed are held by jobs. Claims refer to a node by name. */
export function holdersOf(
  { name, gpus }: Pick<NodeRow, 'name' | 'gpus'>,
  claims: readonly Pick<ClaimRow, 'id' | 'node' | 'gpus' | 'owner'>[],
): readonly Holder[] {
  const claimed = claims
    .filter(({ node }) => node === name)
    .flatMap(({ id, gpus: count, owner }) =>
      Array.from({ length: count }, (): Holder => ({
        kind: 'claim',
        id,
        words: `held by claim ${id}${owner === null ? '' : ` of ${owner}`}`,
      })),
    );
  const others = Array.from({ length: Math.max(0, gpus.used - claimed.length) }, (): Holder => ({
    kind: 'job',
    words: 'held by a job',
  }));
  const free = Array.from(
    { length: Math.max(0, gpus.total - claimed.length - others.length) },
    (): Holder => ({
      kind: 'free',
      words: 'free',
    }),
  );
  return [...claimed, ...others, ...free];
}
