export const ALLOCATION_STATUSES = ['pending', 'running', 'complete', 'failed', 'stopped', 'lost'] as const;
/** Status of an allocation as the API shows it. A task's is the same without `lost`. */
export type AllocationStatusWord = (typeof ALLOCATION_STATUSES)[number];
export type TaskStatusWord = Exclude<AllocationStatusWord, 'lost'>;
