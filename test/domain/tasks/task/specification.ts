import {
  tasks,
  type SkipReason,
  type TaskCommand,
  type TaskDefinition,
  type TaskEvent,
  type Timing,
} from '#domain/tasks/task/index.js';
import { plainTask as task } from '../../../fixtures/plain-task.js';
import { specify } from '../../kernel/event/decider-specification.js';

export const at = (text: string): number => Date.parse(text);
export const MADE = at('2026-01-01T00:00:00Z');
export const { given, fold } = specify(tasks, { moments: (revision) => MADE + revision });

export const of = { taskId: 7, nameReservation: 'n1' };
export const created = (changes?: Partial<TaskDefinition>, timing?: Partial<Timing>): TaskEvent => ({
  type: 'TaskCreated',
  data: { ...of, tenantId: 't1', createdBy: 'u1', definition: task(changes, timing) },
});
export const decide = (now: string, permitted = true): TaskCommand => ({
  kind: 'decideSlots',
  taskId: 7,
  now: at(now),
  permitted,
});
export const ran = (run: number, slot: string, late = 0): TaskEvent => ({
  type: 'TaskSlotDecided',
  data: {
    taskId: 7,
    run,
    slot: at(slot),
    decision: 'run',
    dueAt: at(slot) + late,
    keptFrom: Math.max(1, run - 999),
    attempts: 1,
    tenantId: 't1',
  },
});
export const skipped = (
  reason: SkipReason,
  slot: string,
  until = slot,
  count: number | null = 1,
): TaskEvent => ({
  type: 'TaskSlotDecided',
  data: { taskId: 7, slot: at(slot), decision: 'skipped', reason, until: at(until), count },
});
export const ended = (run: number, outcome: 'success' | 'failed' | 'timeout' = 'success'): TaskEvent => ({
  type: 'TaskRunEnded',
  data: { taskId: 7, run, outcome, tenantId: 't1' },
});
export const cancelled = (reason: 'requested' | 'replaced', ...runs: number[]): TaskEvent => ({
  type: 'TaskRunsCancelled',
  data: { taskId: 7, runs, reason },
});
export const status = (status: 'active' | 'paused' | 'disabled', now: string): TaskCommand => ({
  kind: 'setStatus',
  taskId: 7,
  status,
  now: at(now),
  permitted: true,
});
export const set = (status: 'active' | 'paused' | 'disabled'): TaskEvent => ({
  type: 'TaskStatusSet',
  data: { taskId: 7, status },
});
export const trigger: TaskCommand = {
  kind: 'trigger',
  taskId: 7,
  permitted: true,
  triggered: { trigger: 'manual' },
};
export const triggered = (run: number, attempts = 1): TaskEvent => ({
  type: 'TaskTriggered',
  data: { taskId: 7, run, trigger: 'manual', keptFrom: Math.max(1, run - 999), attempts, tenantId: 't1' },
});
export const settle = (
  run: number,
  trial: number,
  became: 'success' | 'failed' | 'timeout' | 'lost' | 'refused',
  now = '2026-01-02T03:00:00Z',
): TaskCommand => ({
  kind: 'settle',
  taskId: 7,
  run,
  trial,
  became,
  now: at(now),
});
