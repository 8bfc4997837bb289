import { runProjector } from '#src/engine/read-models/index.js';
import { connectEventStore } from '#src/stores/connect.js';
import { openModelStorage } from '#src/stores/model-storage.js';
import { tracedBatches } from '#src/engine/tracing/index.js';
import { FOLDS } from './folds.js';

await runProjector({
  ...FOLDS,
  connect: connectEventStore,
  openStorage: openModelStorage,
  traced: (fold) => tracedBatches('projection batch', fold),
});
