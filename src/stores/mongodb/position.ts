import type { Projection } from '#domain/kernel/projection.js';
import type { Head } from './schema.js';

/** Returns the position that every model's live generation has folded, or -1 if one has folded nothing or lacks its current version. */
export function positionOf(head: Head | undefined, projections: readonly Projection[]): bigint {
  const live = Object.values(head?.generations ?? {}).filter((each) => each.live);
  const positions = projections.map(
    ({ name, version }) =>
      live.find((each) => each.model === name && each.version === version)?.position ?? -1n,
  );
  return positions.reduce((least, position) => (position < least ? position : least), positions[0] ?? -1n);
}
