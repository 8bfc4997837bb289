import type { MusterEvent } from '#test/fixtures/muster-events.js';
import type { JobSpecification, TaskGroup } from '#domain/jobs/job/specification.js';
import type { Trigger } from '#domain/scheduling/plan-log/events.js';

export function group(name: string, count?: number, command = 'true'): TaskGroup {
  return {
    name,
    ...(count === undefined ? {} : { count }),
    tasks: [{ name: 'main', driver: 'exec', config: { command } }],
  };
}

export function specification(...groups: TaskGroup[]): JobSpecification {
  return { task_groups: groups };
}

type Specified = 'JobSubmitted' | 'JobUpdated' | 'JobRestarted';

export function specified(
  type: Specified,
  jobId: string,
  spec: JobSpecification = specification(group('web')),
  evaluationId = `eval-${jobId}-${type}`,
): MusterEvent {
  return { type, data: { jobId, evaluationId, specification: spec } };
}

export const submitted = (jobId: string, spec?: JobSpecification, evaluationId?: string): MusterEvent =>
  specified('JobSubmitted', jobId, spec, evaluationId);
export const updated = (jobId: string, spec?: JobSpecification, evaluationId?: string): MusterEvent =>
  specified('JobUpdated', jobId, spec, evaluationId);
export const restarted = (jobId: string, spec?: JobSpecification, evaluationId?: string): MusterEvent =>
  specified('JobRestarted', jobId, spec, evaluationId);
export const stopped = (jobId: string): MusterEvent => ({
  type: 'JobStopped',
  data: { jobId, evaluationId: `eval-${jobId}-stop` },
});
export const deleted = (jobId: string): MusterEvent => ({
  type: 'JobDeleted',
  data: { jobId, evaluationId: `eval-${jobId}-delete` },
});
export const finished = (
  jobId: string,
  jobVersion: number,
  outcome: 'complete' | 'failed' | 'stopped' | 'deleted',
): MusterEvent => ({
  type: 'JobFinished',
  data: { jobId, jobVersion, outcome },
});

export const archived = (
  jobId: string,
  version = 0,
  status: 'dead' | 'complete' | 'failed' = 'complete',
): MusterEvent => ({
  type: 'JobArchived',
  data: { jobId, version, status, endedAt: 1000, allocations: [], leftOut: 0 },
});

export interface Place {
  readonly allocationId: string;
  readonly jobId: string;
  readonly group: string;
  readonly slot: number;
  readonly nodeId: string;
}

export function place(
  allocationId: string,
  jobId: string,
  slot = 0,
  groupName = 'web',
  nodeId = 'n1',
): Place {
  return { allocationId, jobId, group: groupName, slot, nodeId };
}

export function placed(
  at: Place,
  jobVersion = 0,
  attempt = 0,
  evaluationId = `eval-${at.jobId}-JobSubmitted`,
): MusterEvent {
  return {
    type: 'AllocationPlaced',
    data: { ...at, jobVersion, attempt, epoch: 1, evaluationId, resources: { cpu: 100, memory: 64 } },
  };
}

/** A first placement that holds volumes. */
export function placedWith(at: Place, volumes: string[]): MusterEvent {
  const evaluationId = `eval-${at.jobId}-JobSubmitted`;
  return {
    type: 'AllocationPlaced',
    data: { ...at, jobVersion: 0, attempt: 0, epoch: 1, evaluationId, resources: {}, volumes },
  };
}

export const started = (at: Place, startTime = 1): MusterEvent => ({
  type: 'AllocationStarted',
  data: { ...at, startTime, tasks: { main: { startTime } } },
});
export const exited = (
  at: Place,
  status: 'complete' | 'failed' | 'stopped' = 'complete',
  exitCode: number | null = 0,
): MusterEvent => ({
  type: 'TaskExited',
  data: { ...at, task: 'main', status, startTime: 1, endTime: 2, exitCode, error: null, message: null },
});
export const completed = (at: Place): MusterEvent => ({
  type: 'AllocationCompleted',
  data: { ...at, startTime: 1, endTime: 2, message: null },
});
export const failed = (at: Place): MusterEvent => ({
  type: 'AllocationFailed',
  data: { ...at, startTime: 1, endTime: 2, message: 'exit code 1' },
});
export const halted = (at: Place): MusterEvent => ({
  type: 'AllocationStopped',
  data: { ...at, startTime: 1, endTime: 2, message: null },
});
export const lost = (at: Place): MusterEvent => ({
  type: 'AllocationLost',
  data: { ...at, reason: 'forgotten' },
});
export const stopRequested = (
  at: Place,
  reason: 'job-stopped' | 'job-updated' | 'job-deleted' | 'drain' = 'job-stopped',
): MusterEvent => ({
  type: 'AllocationStopRequested',
  data: { ...at, reason },
});
export const released = (
  at: Place,
  outcome: 'complete' | 'failed' | 'stopped' | 'lost',
  retryAt?: number,
): MusterEvent => ({
  type: 'AllocationReleased',
  data: { ...at, outcome, ...(retryAt === undefined ? {} : { retryAt }) },
});

export function evaluated(
  jobId: string,
  evaluationId: string,
  jobVersion = 0,
  triggers: Trigger[] = [{ kind: 'job-submitted', ref: evaluationId }],
): MusterEvent {
  return { type: 'EvaluationCompleted', data: { evaluationId, jobId, jobVersion, triggers } };
}

export function blocked(
  jobId: string,
  evaluationId: string,
  jobVersion = 0,
  triggers: Trigger[] = [{ kind: 'job-submitted', ref: evaluationId }],
  groupName = 'web',
): MusterEvent {
  const reasons = {
    [groupName]: { unplaced: 1, nodes: 1, filtered: {}, exhausted: { cpu: 1 }, short: { cpu: 100 } },
  };
  return { type: 'EvaluationBlocked', data: { evaluationId, jobId, jobVersion, triggers, reasons } };
}

export const registered = (nodeId: string, epoch = 1): MusterEvent => ({
  type: 'NodeRegistered',
  data: {
    nodeId,
    epoch,
    ipAddress: '127.0.0.1',
    resources: { cpu: 1000 },
    attributes: {},
    healthy: true,
    endpoint: null,
    protocol: 'basic',
  },
});
export const cleared: MusterEvent = { type: 'ClusterCleared', data: {} };

export const claimed = (claimId: string, userId: string, gpuCount = 1): MusterEvent => ({
  type: 'GpuClaimed',
  data: {
    claimId,
    userId,
    userNumber: 1,
    tenantId: 't1',
    image: 'busybox',
    gpuCount,
    cpu: 500,
    memory: 1024,
  },
});
export const gpuReleased = (claimId: string, userId: string): MusterEvent => ({
  type: 'GpuReleased',
  data: { claimId, userId },
});
export const claimEnded = (
  claimId: string,
  userId: string,
  outcome: 'succeeded' | 'failed' = 'succeeded',
): MusterEvent => ({
  type: 'GpuClaimEnded',
  data: { claimId, userId, outcome },
});
