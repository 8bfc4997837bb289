import t from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { PROJECTIONS } from '#src/server/workers/folds.js';
import { openMongoReadModels } from '#src/engine/read-models/mongodb/mongo-read-models.js';
import { openMongoStorage } from '#src/engine/read-models/mongodb/open.js';
import { readModelsContract } from '../../../../contract/read-models.js';
import type { ReadModelsPlace } from '../../../../contract/read-models/fixture.js';
import { mongodb, mongodbMissing } from '../../../../fixtures/ferretdb.js';
import { required } from '../../../../fixtures/requirement.js';

const missing = mongodbMissing();
// Each test creates every index of every model, and each surface adds more.
t.setTimeout(600_000);

void t.test('satisfies the read model contract in MongoDB', async (t) => {
  if (!required(t, missing === undefined, missing ?? '')) return;
  const open = async (): Promise<ReadModelsPlace> => {
    const { url } = await mongodb(t);
    return {
      storage: async () => (await openMongoStorage({ url }))!,
      models: (projections = PROJECTIONS) => openMongoReadModels({ url, clock: systemClock, projections }),
    };
  };
  await readModelsContract(t, open, { histories: 10, shared: true });
});
