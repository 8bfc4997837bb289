import { commandEvents } from '../allocations/command/events.js';
import { isOneOf, type AnyEvent, type EventMetadata, type Recorded } from '../kernel/event/index.js';
import { nodeEvents } from '../nodes/node/events.js';
import { planEvents } from '../scheduling/plan-log/events.js';
import type { Reference } from './reference.js';

/** The events that refer to other objects than the one that they are about. */
const EVENTS = { ...planEvents, ...nodeEvents, ...commandEvents };

const AT_REVISION = /^([A-Za-z][^@]{0,300})@(\d{1,15})$/;

/** Returns the causes of an event. The causes in its metadata come first. */
export function causesOf(event: Recorded<AnyEvent>): readonly Reference[] {
  const cause = directCause(event.metadata);
  if (!isOneOf(EVENTS, event)) return [cause];
  const causes: Reference[] = [cause];
  const { type, data } = event;
  if (type === 'AllocationPlaced') {
    causes.push({ kind: 'job', id: data.jobId, version: data.jobVersion });
    causes.push({ kind: 'evaluation', id: data.evaluationId });
    causes.push({ kind: 'node', id: data.nodeId, epoch: data.epoch });
  } else if ('allocationId' in data) causes.push({ kind: 'allocation', id: data.allocationId });
  else if (type === 'EvaluationBlocked' || type === 'EvaluationCompleted') {
    causes.push({ kind: 'evaluation', id: data.evaluationId });
    causes.push({ kind: 'job', id: data.jobId, version: data.jobVersion });
    for (const { kind, ref } of data.triggers)
      if (kind === 'allocation-ended' || kind === 'allocation-lost')
        causes.push({ kind: 'allocation', id: ref });
  } else if (type === 'JobFinished') causes.push({ kind: 'job', id: data.jobId, version: data.jobVersion });
  else if (type === 'NodeCapacitySet') causes.push({ kind: 'node', id: data.nodeId, epoch: data.epoch });
  return causes;
}

function directCause({ $causationId: id, commandId }: EventMetadata): Reference {
  const place = AT_REVISION.exec(id);
  if (commandId !== undefined && commandId === id) return { kind: 'command', id };
  return place === null
    ? { kind: 'event', id }
    : { kind: 'event', stream: place[1]!, revision: Number(place[2]) };
}
