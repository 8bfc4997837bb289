/** A thread that folds the whole log into some of the read models. */
import { runBuilder } from '#src/engine/read-models/index.js';
import { FOLDS } from '../folds.js';

await runBuilder(FOLDS.projections);
