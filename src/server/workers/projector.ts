import { runProjector } from '#src/engine/read-models/index.js';
import { tracedBatches } from '#src/engine/tracing/index.js';
import { FOLDS } from './folds.js';

await runProjector({ ...FOLDS, traced: (fold) => tracedBatches('projection batch', fold) });
