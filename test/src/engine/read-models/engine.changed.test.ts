import t from 'tap';
import type { Progress } from '#src/engine/read-models/engine.js';
import { openTemporaryStorage } from '#src/engine/read-models/sqlite/open-storage.js';
import { FOLDS, PROJECTIONS } from '#src/process/read-side/folds.js';
import { createMemoryEventStore } from '../../../fixtures/memory-event-store.js';
import { append, runEngine } from '../../../contract/read-models/fixture.js';
import { eventually } from '../../../fixtures/eventually.js';
import { registered, submitted } from '../../../projections/events.js';
import type { ChangedModels } from '#domain/kernel/ports/read-models.js';

void t.test(
  'reports any model as changed at first and after a rebuild, and then only models with changes',
  async (t) => {
    const store = createMemoryEventStore();
    const storage = openTemporaryStorage();
    const told: { readonly progress: Progress; readonly changed: ChangedModels }[] = [];
    const engine = runEngine(t, {
      ...FOLDS,
      store,
      storage,
      projections: PROJECTIONS,
      onProgress: (progress, changed) => told.push({ progress, changed }),
    });
    /** Waits until the models reach the position. Returns the changes reported since the last call. */
    const changes = async (position: bigint): Promise<readonly (string | readonly string[])[]> => {
      await eventually(() => engine.progress.caughtUp && engine.progress.position >= position, {
        what: `the models at ${position}`,
      });
      return told.splice(0).map(({ changed }) => (changed === 'any' ? 'any' : [...changed].sort()));
    };

    t.equal((await changes(-1n))[0], 'any', 'changes from before the start are unknown');
    const job = await changes(await append(store, [submitted('j')]));
    t.ok(job.length > 0 && job.every((models) => models !== 'any'), JSON.stringify(job));
    const ofJob = job.flat();
    t.ok(ofJob.includes('jobs') && !ofJob.includes('nodes') && !ofJob.includes('tasks'), ofJob.join(', '));
    const ofNode = (await changes(await append(store, [registered('n')]))).flat();
    t.ok(ofNode.includes('nodes') && !ofNode.includes('jobs'), ofNode.join(', '));

    await engine.rebuild('users');
    t.ok((await changes(-1n)).includes('any'), 'a rebuild may have changed any document');
    t.notOk(
      (await changes(await append(store, [submitted('k')]))).includes('any'),
      'the rebuild is reported only once',
    );
  },
);
