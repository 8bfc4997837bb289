import type { Recorded } from '../../kernel/event/index.js';
import type { NodeEvent } from '../../nodes/node/events.js';

/** Retained outputs per deployment. */
export const MAX_LAST_OUTPUTS = 20;

/** Reference to the end of an instance's output, which its node sent when it ended and which is sealed in the log. */
export interface LastOutput {
  readonly allocationId: string;
  readonly nodeId: string;
  readonly slot: number;
  readonly task: string;
  /** Unix seconds by the node's clock; null: unknown. */
  readonly endTime: number | null;
  readonly resultAt: number;
}

type Exited = Recorded<Extract<NodeEvent, { type: 'TaskExited' }>>;

/** Adds an instance's output and evicts the oldest beyond `most`. Returns the same list when there is nothing to add. */
export function withLastOutput(
  ends: readonly LastOutput[],
  { revision, data }: Exited,
  most = MAX_LAST_OUTPUTS,
): readonly LastOutput[] {
  const { allocationId, nodeId, slot, task, endTime, result } = data;
  if (result === undefined || ends.some((end) => end.allocationId === allocationId && end.task === task))
    return ends;
  return [...ends, { allocationId, nodeId, slot, task, endTime, resultAt: revision }].slice(-most);
}
