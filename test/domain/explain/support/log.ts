import type { ExplainedEvent } from '#domain/explain/index.js';
import type { EventType, RecordedMusterEvent } from '#test/fixtures/muster-events.js';

export type Given<Type extends EventType = ExplainedEvent['type']> = readonly [
  type: Type,
  data?: object,
  actor?: string,
];
type EventOf<Type extends EventType> = Extract<RecordedMusterEvent, { readonly type: Type }>;

const place = { allocationId: 'al', jobId: 'hello', group: 'web', slot: 0, nodeId: 'n1' };
const DEFAULTS: Readonly<Record<string, object>> = {
  AllocationPlaced: { ...place, jobVersion: 0 },
  AllocationReleased: place,
  AllocationStopRequested: place,
  AllocationStarted: place,
};

/** Events in the order of a log, by the actor `user:ann` unless they name another. */
export function log<Type extends EventType>(...events: readonly Given<Type>[]): EventOf<Type>[] {
  return events.map(
    ([type, data = {}, actor = 'user:ann'], index) =>
      ({
        type,
        data: { jobId: 'hello', nodeId: 'n1', ...DEFAULTS[type], ...data },
        id: `e${index}`,
        stream: 's',
        revision: index,
        position: BigInt(index + 1),
        metadata: {
          $correlationId: 'r',
          $causationId: 'r',
          at: Date.UTC(2026, 10, 27, 14, index),
          v: 1,
          actor,
        },
      }) as unknown as EventOf<Type>,
  );
}
