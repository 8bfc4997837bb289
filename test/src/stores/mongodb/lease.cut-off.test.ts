import t from 'tap';
import fc from 'fast-check';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { openMongoReadModels } from '#src/stores/mongodb/mongo-read-models.js';
import { allocations } from '#projections/jobs/allocations.js';
import { jobs } from '#projections/jobs/jobs.js';
import { nodes } from '#projections/nodes/nodes.js';
import { cluster } from '#src/surfaces/cluster/index.js';
import { gpu } from '#src/surfaces/gpu/index.js';
import { tasks } from '#src/surfaces/tasks/index.js';
import { isOwnedJob } from '../../../fixtures/muster-events.js';
import { createMemoryEventStore } from '../../../fixtures/memory-event-store.js';
import { append, contents, expectedContents } from '../../../contract/read-models/fixture.js';
import { FaultyProxy, seededFates } from '../../../fixtures/faulty-proxy.js';
import { mongodb, mongodbMissing } from '../../../fixtures/ferretdb.js';
import { required } from '../../../fixtures/requirement.js';
import { arbitraryHistory } from '../../../projections/arbitrary-history.js';
import { catchUp, churn, LATER } from './churn.js';

/** Only models that the histories fill. Every start rebuilds each model, which takes most of the time of this test. */
const MODELS = [
  ...[jobs, allocations, nodes],
  ...[cluster({ isOwnedJob }), gpu, tasks].flatMap(({ projections }) => projections),
];

const missing = mongodbMissing();
if (required(t, missing === undefined, missing ?? '')) declare();

function declare(): void {
  void t.test('completes the models even if connections are cut at any byte', async (t) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(arbitraryHistory(40), { minLength: 1, maxLength: 2 }),
        fc.integer({ min: 0, max: 1_000_000 }),
        async (histories, seed) => {
          const [place, store] = [await mongodb(t), createMemoryEventStore()];
          const proxy = await FaultyProxy.start(t, { host: place.host, port: place.port });
          const url = place.through(proxy);
          for (const [index, history] of [...histories, churn('churned', 13), LATER].entries()) {
            await append(store, history);
            proxy.doom(seededFates(seed + index, { faults: ['cut', 'cut', 'none'], withinBytes: 40_000 }));
            for (let tries = 0; ; tries += 1) {
              if (tries === 6) proxy.heal();
              const done = await catchUp(url, store, MODELS).then(
                () => true,
                () => false,
              );
              if (done) break;
              if (tries > 12) throw new Error('it never came through');
            }
          }
          const models = openMongoReadModels({ projections: MODELS, url: place.url, clock: systemClock });
          const [actual, expected] = [
            JSON.stringify(await contents(models, MODELS)),
            JSON.stringify(await expectedContents(store, MODELS)),
          ];
          await models.close();
          if (actual !== expected) throw new Error(`models differ\nactual   ${actual}\nexpected ${expected}`);
        },
      ),
      { numRuns: 6, endOnFailure: true },
    );
  });
}
