export { dropWork } from './drop-work.js';
export { Execution, rightsOf, type ExecutionParts } from './execution.js';
export type { FindMovedTasks } from './moved-tasks.js';
export { outputAt, resultOf, type RunOutput } from './run-output.js';
export { RunRate } from './run-rate.js';
export { scheduleText } from './schedule-text.js';
export { Tasks, type Backfilled, type TaskChange, type Triggered } from './tasks.js';
export { chainWork, runWork, slotWork, type SlotParts } from './work.js';
