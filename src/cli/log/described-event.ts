import type { LeafEvent, LogDifference } from '#src/features/transparency/index.js';

export function describeEvent({
  stream,
  revision,
  type,
}: Pick<LeafEvent, 'stream' | 'revision' | 'type'>): string {
  return `${type} (${stream}, revision ${revision})`;
}

export function describeDifference({ problem, event }: LogDifference): string {
  return event === undefined ? problem : `${problem}: now it is ${describeEvent(event)}`;
}
