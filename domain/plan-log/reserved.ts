/**
 * In `exhausted` of a blocked reason: how many nodes have what the job needs, but are reserved for a job that has waited longer or has a higher
 * priority.
 */
export const RESERVED = 'reserved for earlier work';
