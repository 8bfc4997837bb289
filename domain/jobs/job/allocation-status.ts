export const ALLOCATION_STATUSES = ['pending', 'running', 'complete', 'failed', 'stopped', 'lost'] as const;
export type AllocationStatusWord = (typeof ALLOCATION_STATUSES)[number];
export type TaskStatusWord = Exclude<AllocationStatusWord, 'lost'>;
export const TASK_STATUSES = [
  'pending',
  'running',
  'complete',
  'failed',
  'stopped',
] as const satisfies readonly TaskStatusWord[];

export function isAllocationStatus(word: string): word is AllocationStatusWord {
  return (ALLOCATION_STATUSES as readonly string[]).includes(word);
}

export function isTaskStatus(word: string): word is TaskStatusWord {
  return (TASK_STATUSES as readonly string[]).includes(word);
}
