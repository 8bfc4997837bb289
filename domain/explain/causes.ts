import type { RecordedMusterEvent } from '../all-events.js';

/** Something that caused an event, or that the event refers to. */
export type Reference =
  | { readonly kind: 'command'; readonly id: string }
  | { readonly kind: 'event'; readonly id: string }
  | { readonly kind: 'event'; readonly stream: string; readonly revision: number }
  | { readonly kind: 'allocation'; readonly id: string }
  | { readonly kind: 'job'; readonly id: string; readonly version: number }
  | { readonly kind: 'evaluation'; readonly id: string }
  | { readonly kind: 'node'; readonly id: string; readonly epoch: number };

const AT_REVISION = /^([A-Za-z][^@]{0,300})@(\d{1,15})$/;

/** Returns the causes of an event from any release. The causes in its metadata come first. */
export function causesOf({ type, data, metadata }: RecordedMusterEvent): readonly Reference[] {
  const causes: Reference[] = [];
  const { $causationId: id, commandId } = metadata;
  const place = AT_REVISION.exec(id);
  if (commandId !== undefined && commandId === id) causes.push({ kind: 'command', id });
  else if (place !== null) causes.push({ kind: 'event', stream: place[1]!, revision: Number(place[2]) });
  else causes.push({ kind: 'event', id });
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

/** Formats a reference, such as `job:hello@3`, `allocation:…` or `scheduler@17`. */
export function referenceText(reference: Reference): string {
  switch (reference.kind) {
    case 'job':
      return `job:${reference.id}@${reference.version}`;
    case 'node':
      return `node:${reference.id}@${reference.epoch}`;
    case 'event':
      return 'stream' in reference ? `${reference.stream}@${reference.revision}` : `event:${reference.id}`;
    default:
      return `${reference.kind}:${reference.id}`;
  }
}
