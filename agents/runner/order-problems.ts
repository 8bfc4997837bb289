import { MusterError } from '#domain/kernel/errors/index.js';
import type { AllocationOrder } from '#domain/protocol/index.js';

export function refuseDuplicates(order: AllocationOrder): void {
  const seen = new Set<string>();
  for (const { name } of order.task_group.tasks) {
    if (seen.has(name)) throw invalid('task_group.tasks', `duplicate name: ${name}`);
    seen.add(name);
  }
}

export function invalid(field: string, problem: string): MusterError {
  return new MusterError('MUSTER_E_INVALID', { field, problem });
}
