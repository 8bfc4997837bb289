export { Branch, STOP_DURATION_MS, type BranchOptions, type Settlement } from './branch.js';
export { comparisonOf, pictureOf, type BranchComparison, type NodeUse } from './comparison.js';
export { fitOf, type Fit } from './fit.js';
