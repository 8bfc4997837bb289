import { commandEvents } from '#domain/allocations/command/events.js';
import { CLUSTER_STREAM, SCHEDULER_STREAM, streamName } from '#domain/kernel/event/index.js';
import type { MusterEvent, RecordedMusterEvent } from '#test/fixtures/muster-events.js';
import { claimEvents } from '#domain/gpu/claim/index.js';
import { clusterEvents } from '#domain/cluster/events.js';
import { jobEvents } from '#domain/jobs/job/events.js';
import { planEvents } from '#domain/scheduling/plan-log/events.js';
import { serviceEvents } from '#domain/services/service/index.js';
import { taskEvents } from '#domain/tasks/task/index.js';
import { templateEvents } from '#domain/jobs/template/events.js';
import { volumeEvents } from '#domain/volumes/index.js';

export function streamOf(event: MusterEvent): string {
  if (Object.hasOwn(jobEvents, event.type)) return streamName('job', (event.data as { jobId: string }).jobId);
  if (Object.hasOwn(planEvents, event.type)) return SCHEDULER_STREAM;
  if (Object.hasOwn(templateEvents, event.type))
    return streamName('template', (event.data as { templateId: string }).templateId);
  if (Object.hasOwn(clusterEvents, event.type)) return CLUSTER_STREAM;
  if (event.type === 'UserErased') return streamName('user', event.data.userId);
  if (Object.hasOwn(claimEvents, event.type))
    return streamName('gpuClaim', (event.data as { userId: string }).userId);
  if (Object.hasOwn(serviceEvents, event.type))
    return streamName('service', (event.data as { serviceId: string }).serviceId);
  if (Object.hasOwn(volumeEvents, event.type))
    return streamName('volume', (event.data as { name: string }).name);
  if (Object.hasOwn(taskEvents, event.type))
    return streamName('task', String((event.data as { taskId: number }).taskId));
  if (Object.hasOwn(commandEvents, event.type))
    return streamName('command', (event.data as { sessionId: string }).sessionId);
  return streamName('node', (event.data as { nodeId: string }).nodeId);
}

/** Events as a log would record them. The n-th event is at position n and second n. */
export function recorded(events: readonly MusterEvent[]): readonly RecordedMusterEvent[] {
  const revisions = new Map<string, number>();
  return events.map((event, index) => {
    const stream = streamOf(event);
    const revision = (revisions.get(stream) ?? -1) + 1;
    revisions.set(stream, revision);
    const metadata = { $correlationId: 'test', $causationId: 'test', at: (index + 1) * 1000, v: 1 };
    return { ...event, id: `event-${index + 1}`, stream, revision, position: BigInt(index + 1), metadata };
  });
}
