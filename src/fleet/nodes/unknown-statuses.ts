import type { Logger } from 'pino';
import { unknownStatusText, type NodeEvent } from '#domain/nodes/node/index.js';

/** Logs each unknown status of a node once per registration. More allocations with the same status would give an operator no new information. */
export function logUnknownStatuses(logger: Pick<Logger, 'warn'>, events: readonly NodeEvent[]): void {
  for (const { type, data } of events) {
    if (type !== 'AllocationStatusUnknown' || data.newOfNode !== true) continue;
    const { nodeId, jobId, allocationId, status } = data;
    logger.warn({
      code: 'nodes.unknown_status',
      nodeId,
      jobId,
      allocationId,
      status,
      problem: unknownStatusText(data),
    });
  }
}
