/**
 * Maximum number of lost allocations that are remembered per node until the node reports their end. The oldest are dropped first. A Muster agent runs
 * at most 5,000 allocations at the same time.
 */
export const MAX_LOST_ALLOCATIONS = 10_000;

/**
 * In `exhausted` of a blocked reason: nodes that would fit if they had reported the end of their lost allocations. Reported in addition to the
 * lacking dimensions.
 */
export const LOST_ALLOCATIONS = 'lost allocations';
