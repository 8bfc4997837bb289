import { runStatus } from '#domain/tasks/task/index.js';
import type { TaskRunDocument } from '#projections/tasks/task-runs.js';
import { condaStanding, type TaskDocument } from '#projections/tasks/tasks.js';
import type { CondaTaskStatus } from './task-contract.js';

export function taskStatus(task: TaskDocument, running: boolean): CondaTaskStatus {
  if (running) return 'running';
  switch (condaStanding(task)) {
    case 'open':
      return 'scheduled';
    case 'success':
      return 'completed';
    case 'cancelled':
      return 'stopped';
    case 'failed':
    case 'timeout':
    case 'never':
      return 'failed';
  }
}

export function executionStatus(run: TaskRunDocument): CondaTaskStatus {
  switch (runStatus(run)) {
    case 'pending':
    case 'retrying':
      return 'scheduled';
    case 'running':
      return 'running';
    case 'success':
      return 'completed';
    case 'failed':
    case 'timeout':
      return 'failed';
    case 'cancelled':
      return 'stopped';
  }
}
