/**
 * Number of lost allocations of one node that are remembered until the node says that they have ended. The oldest are forgotten
 * first. No agent of ours runs more than 5,000 allocations at once.
 */
export const MAX_LOST_ALLOCATIONS = 10_000;

/**
 * In `exhausted` of a blocked reason: how many nodes would have what is lacking if they had said that their lost allocations have ended. It
 * comes in addition to the dimensions that are lacking.
 */
export const LOST_ALLOCATIONS = 'lost allocations';
