import type { Test } from 'tap';
import { PROJECTIONS } from '#src/process/read-side/folds.js';
import { createMemoryEventStore } from '../../fixtures/memory-event-store.js';
import { submitted } from '../../projections/events.js';
import { altered, append, project, type OpenPlace } from './fixture.js';

/** Longer than any wait in these tests. */
const PATIENCE_MS = 30_000;

/** Tests the positions that a reader reports for models that another process fills. */
export async function positionsContract(t: Test, open: OpenPlace, shared: boolean): Promise<void> {
  await t.test(
    'the position is one that every model has reached, or -1 while a model lacks the expected version',
    async (t) => {
      const [place, store] = [await open(), createMemoryEventStore()];
      const [models, others] = [place.models(), place.models(altered(PROJECTIONS, 'jobs', { version: 99 }))];
      t.teardown(async () => {
        await models.close();
        await others.close();
      });
      t.equal(await models.waitFor(0n, 50), false, 'the models do not exist yet');
      t.equal(models.position(), -1n);
      const first = await append(store, [submitted('j')]);
      await project(place, store);
      t.equal(await models.waitFor(first, PATIENCE_MS), true);
      t.equal(models.position(), first);
      t.equal(await others.waitFor(0n, 50), false);
      t.equal(others.position(), -1n);
    },
  );

  await t.test(
    'a wait for a position ends once another process has folded it, or at the timeout',
    async (t) => {
      const [place, store] = [await open(), createMemoryEventStore()];
      const first = await append(store, [submitted('j')]);
      await project(place, store);
      const models = place.models();
      t.teardown(() => models.close());
      t.equal(await models.waitFor(first, PATIENCE_MS), true, 'a position that is already folded is reached');
      t.equal(await models.waitFor(first, 0), true, 'a position already known to be folded needs no wait');
      const second = await append(store, [submitted('k')]);
      t.equal(await models.waitFor(second, 50), false);
      const waited = Promise.all([1, 2].map(() => models.waitFor(second, PATIENCE_MS)));
      await project(place, store);
      t.strictSame(await waited, [true, true]);
      t.not(await models.get('jobs', 'k'), undefined);
      t.equal(models.position(), second);
    },
  );

  await t.test('reports whether other processes read the same models', async (t) => {
    const models = (await open()).models();
    t.teardown(() => models.close());
    t.equal(models.shared, shared);
  });
}
