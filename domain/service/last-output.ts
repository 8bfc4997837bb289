import type { Recorded } from '../event/index.js';
import type { NodeEvent } from '../node/events.js';

/** Of one deployment: ends of so many instances are kept, the newest. */
export const MAX_LAST_OUTPUTS = 20;

/** The end of what an instance wrote, as its node gave it back when it ended: where it stands in the log, sealed. */
export interface LastOutput {
  readonly allocationId: string;
  readonly nodeId: string;
  /** The place among the instances of its deployment. */
  readonly slot: number;
  readonly task: string;
  /** Unix seconds, by its node's clock; null: nobody said. */
  readonly endTime: number | null;
  /** Revision, in its node's stream, of the event that holds it. */
  readonly resultAt: number;
}

type Exited = Recorded<Extract<NodeEvent, { type: 'TaskExited' }>>;

/** With what an instance gave back; the oldest goes where there are more than `most`. The same list: it gave nothing, or had done so. */
export function withLastOutput(ends: readonly LastOutput[], { revision, data }: Exited, most = MAX_LAST_OUTPUTS): readonly LastOutput[] {
  const { allocationId, nodeId, slot, task, endTime, result } = data;
  if (result === undefined || ends.some((end) => end.allocationId === allocationId && end.task === task)) return ends;
  return [...ends, { allocationId, nodeId, slot, task, endTime, resultAt: revision }].slice(-most);
}
