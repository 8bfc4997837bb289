import { z } from 'zod';
import { allocationOrder, killTimeouts, reportedUsage } from '#domain/protocol/index.js';

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
  /** Whether the image declares a check of its own. */
  imageCheck: z.boolean().optional(),
  health: z.object({ healthy: z.boolean(), message: z.string(), at: z.number() }).optional(),
  result: z.looseObject({}).optional(),
});
export type TaskRecord = z.infer<typeof taskRecord>;

/** The state that the agent needs to resume an allocation after a crash. */
export const allocationRecord = z.object({
  format: z.literal(1),
  allocationId: z.string(),
  order: allocationOrder.optional(),
  epoch: z.number().int().nullable(),
  /** Id of the log that the allocation belongs to, if the agent knew it. */
  log: z.string().optional(),
  bootId: z.string(),
  receivedAt: z.number(),
  status,
  startTime: time,
  endTime: time,
  message: z.string().nullable(),
  /** Why the allocation is being stopped, or null if it is not. Written before the first signal is sent. */
  stopping: z.string().nullable(),
  /** Seconds that the stop order carried, by task, instead of those of the order. */
  killTimeouts: killTimeouts.optional(),
  /** External cause that interrupted the allocation: the end of its agent, machine or Docker daemon. */
  interrupted: z.string().optional(),
  /** Whether the allocation was deleted through the API. It is then hidden there, and only reported until the server has acknowledged its end. */
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

/** Removes the tasks' environment variables, which may be secret, once no task is running. Returns whether there were any variables. */
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
