import { z } from 'zod';
import { allocationOrder, reportedUsage } from '#domain/protocol/index.js';

const status = z.enum(['pending', 'running', 'complete', 'failed', 'stopped']);
export type RecordedStatus = z.infer<typeof status>;

/** Unix seconds. */
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
  /** When its driver had all that the start needs. Unix seconds. */
  preparedTime: z.number().optional(),
  imageDigest: z.string().optional(),
  /** What its checks said last, and when; absent: they have not decided. */
  health: z.object({ healthy: z.boolean(), message: z.string(), at: z.number() }).optional(),
  /** What its driver gave back. */
  result: z.looseObject({}).optional(),
});
export type TaskRecord = z.infer<typeof taskRecord>;

/** All that must be known of an allocation to go on with it after any crash. */
export const allocationRecord = z.object({
  format: z.literal(1),
  allocationId: z.string(),
  /** Absent: it was stopped before it was ever ordered, and only that is remembered. */
  order: allocationOrder.optional(),
  epoch: z.number().int().nullable(),
  /** Boot of the machine in which it was accepted: no process of another boot lives. */
  bootId: z.string(),
  /** Milliseconds since the epoch. */
  receivedAt: z.number(),
  status,
  startTime: time,
  endTime: time,
  message: z.string().nullable(),
  /** Why it is to be stopped; null: it is not. Written before the first signal is sent. */
  stopping: z.string().nullable(),
  /** What ended it from outside: its agent, its machine or its Docker daemon. Absent: nothing did. */
  interrupted: z.string().optional(),
  /** It was deleted by its API: it is absent there, and only reported until the server knows. */
  removed: z.boolean(),
  tasks: z.record(z.string(), taskRecord),
});
export type AllocationRecord = z.infer<typeof allocationRecord>;

export const PENDING_TASK: TaskRecord = { status: 'pending', startTime: null, endTime: null, exitCode: null, error: null, message: null };

export function hasEnded(record: { readonly status: RecordedStatus }): boolean {
  return record.status === 'complete' || record.status === 'failed' || record.status === 'stopped';
}

/** Lets go of what its tasks were given as environment, secrets perhaps: nothing runs any more. Tells whether there was any. */
export function dropEnvironments(record: AllocationRecord): boolean {
  const { order } = record;
  if (order?.task_group.tasks.some((task) => task.env !== undefined) !== true) return false;
  record.order = { ...order, task_group: { ...order.task_group, tasks: order.task_group.tasks.map(({ env: _env, ...task }) => task) } };
  return true;
}

/** What its first failed task says; null: none has failed. */
export function firstFailure(record: AllocationRecord): string | null {
  const failed = Object.entries(record.tasks).find(([, task]) => task.status === 'failed');
  return failed === undefined ? null : `task ${failed[0]}: ${failed[1].message ?? 'failed'}`;
}
