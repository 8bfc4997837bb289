import { z } from 'zod';
import { allocationOrder, reportedUsage } from '#domain/protocol/index.js';

const status = z.enum(['pending', 'running', 'complete', 'failed', 'stopped']);
export type RecordedStatus = z.infer<typeof status>;

const time = z.number().nullable();

export const taskRecord = z.object({
  status,
  startTime: time,
  endTime: time,
  exitCode: z.number().int().nullable(),
  error: z.string().nullable(),
  message: z.string().nullable(),
  usage: reportedUsage.optional(),
  containerId: z.string().optional(),
  preparedTime: z.number().optional(),
  imageDigest: z.string().optional(),
  /** The last verdict of its checks; absent while they are undecided. */
  health: z.object({ healthy: z.boolean(), message: z.string(), at: z.number() }).optional(),
  result: z.looseObject({}).optional(),
});
export type TaskRecord = z.infer<typeof taskRecord>;

/** What the agent needs to resume an allocation after a crash. */
export const allocationRecord = z.object({
  format: z.literal(1),
  allocationId: z.string(),
  /** Absent if the allocation was stopped before it was ordered: then only that is recorded. */
  order: allocationOrder.optional(),
  epoch: z.number().int().nullable(),
  /** The boot in which it was accepted. No process of another boot is alive. */
  bootId: z.string(),
  receivedAt: z.number(),
  status,
  startTime: time,
  endTime: time,
  message: z.string().nullable(),
  /** Why it is being stopped, or null. Written before the first signal is sent. */
  stopping: z.string().nullable(),
  /** What interrupted it from outside: the end of its agent, machine or Docker daemon. */
  interrupted: z.string().optional(),
  /** It was deleted through the API: hidden there, and only reported until the server knows. */
  removed: z.boolean(),
  tasks: z.record(z.string(), taskRecord),
});
export type AllocationRecord = z.infer<typeof allocationRecord>;

export const PENDING_TASK: TaskRecord = {
  status: 'pending',
  startTime: null,
  endTime: null,
  exitCode: null,
  error: null,
  message: null,
};

export function hasEnded(record: { readonly status: RecordedStatus }): boolean {
  return record.status === 'complete' || record.status === 'failed' || record.status === 'stopped';
}

/** Removes the tasks' environment variables, which may be secret, once nothing runs any more. Returns whether there were any. */
export function dropEnvironments(record: AllocationRecord): boolean {
  const { order } = record;
  if (order?.task_group.tasks.some((task) => task.env !== undefined) !== true) return false;
  record.order = {
    ...order,
    task_group: { ...order.task_group, tasks: order.task_group.tasks.map(({ env: _env, ...task }) => task) },
  };
  return true;
}

export function firstFailure(record: AllocationRecord): string | null {
  const failed = Object.entries(record.tasks).find(([, task]) => task.status === 'failed');
  return failed === undefined ? null : `task ${failed[0]}: ${failed[1].message ?? 'failed'}`;
}
