import type { Test } from 'tap';
import { createMemoryEventStore } from '#src/engine/event-store/index.js';
import { PROJECTIONS } from '#src/server/folds.js';
import { submitted } from '../../projections/events.js';
import { altered, append, project, type OpenPlace } from './fixture.js';

/** Longer than any of it takes. */
const PATIENCE_MS = 30_000;

/** What a reader says of how far models are that another process fills. */
export async function positionsContract(t: Test, open: OpenPlace, shared: boolean): Promise<void> {
  await t.test(
    'the position is what every model has folded, and -1 while one is not there in its version',
    async (t) => {
      const [place, store] = [await open(), createMemoryEventStore()];
      const [models, others] = [place.models(), place.models(altered(PROJECTIONS, 'jobs', { version: 99 }))];
      t.teardown(async () => {
        await models.close();
        await others.close();
      });
      t.equal(await models.waitFor(0n, 50), false, 'nobody has made them yet');
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
    'who waits for a position hears of it once another process has folded it, or that it took too long',
    async (t) => {
      const [place, store] = [await open(), createMemoryEventStore()];
      const first = await append(store, [submitted('j')]);
      await project(place, store);
      const models = place.models();
      t.teardown(() => models.close());
      t.equal(await models.waitFor(first, PATIENCE_MS), true, 'what is there');
      t.equal(await models.waitFor(first, 0), true, 'what was heard of needs no time');
      const second = await append(store, [submitted('k')]);
      t.equal(await models.waitFor(second, 50), false);
      const waited = Promise.all([1, 2].map(() => models.waitFor(second, PATIENCE_MS)));
      await project(place, store);
      t.strictSame(await waited, [true, true]);
      t.not(await models.get('jobs', 'k'), undefined);
      t.equal(models.position(), second);
    },
  );

  await t.test('whether other processes read the same models is said', async (t) => {
    const models = (await open()).models();
    t.teardown(() => models.close());
    t.equal(models.shared, shared);
  });
}
