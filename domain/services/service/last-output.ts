import type { Recorded } from '../../kernel/event/index.js';
import type { NodeEvent } from '../../nodes/node/events.js';

export const MAX_LAST_OUTPUTS = 20;

/** Reference to the end of an instance's output, which the node sent when the instance ended and which is sealed in the log. */
export interface LastOutput {
  readonly allocationId: string;
  readonly nodeId: string;
  readonly slot: number;
  readonly task: string;
  /** Unix seconds by the node's clock, or null if unknown. */
  readonly endTime: number | null;
  readonly resultAt: number;
}

type Exited = Recorded<Extract<NodeEvent, { type: 'TaskExited' }>>;

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
