import { MusterError } from '#domain/kernel/errors/index.js';
import { taskOfOrder, type AllocationOrder } from '#domain/protocol/index.js';
import type { Drivers } from '../drivers/drivers.js';

export function refuseDuplicates(order: AllocationOrder): void {
  const seen = new Set<string>();
  for (const { name } of order.task_group.tasks) {
    if (seen.has(name)) throw invalid('task_group.tasks', `duplicate name: ${name}`);
    seen.add(name);
  }
}

/** Refuses an order with a task that its driver could not run. */
export function refuseTasks(order: AllocationOrder, drivers: Pick<Drivers, 'problemOf'>): void {
  for (const [index, told] of order.task_group.tasks.entries()) {
    const wrong = drivers.problemOf(taskOfOrder(told));
    if (wrong !== undefined) throw invalid(`task_group.tasks.${index}.${wrong.field}`, wrong.problem);
  }
}

export function invalid(field: string, problem: string): MusterError {
  return new MusterError('MUSTER_E_INVALID', { field, problem });
}
