import { runProjector } from '#src/engine/read-models/index.js';
import { FOLDS } from './folds.js';

await runProjector(FOLDS);
