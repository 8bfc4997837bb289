import { runBuilder } from '#src/engine/read-models/index.js';
import { FOLDS } from './folds.js';

await runBuilder(FOLDS);
