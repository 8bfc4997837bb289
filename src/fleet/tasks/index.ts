export { dropWork } from './drop-work.js';
export { Execution, rightsOf } from './execution.js';
export { givenBack, resultOf, type RunOutput } from './run-output.js';
export { RunRate } from './run-rate.js';
export { Tasks, type Backfilled, type BegunTask, type Maker, type Told, type Triggered } from './tasks.js';
export { chainWork, runWork, slotWork } from './work.js';
