import t from 'tap';
import { createMemoryEventStore } from '#src/engine/event-store/index.js';
import { ReadModelEngine, type ChangedModels, type Progress } from '#src/engine/read-models/engine.js';
import { openTemporaryStorage } from '#src/engine/read-models/sqlite/open-storage.js';
import { PROJECTIONS } from '#src/server/folds.js';
import { append } from '../../../contract/read-models/fixture.js';
import { eventually } from '../../../fixtures/eventually.js';
import { registered, submitted } from '../../../projections/events.js';

void t.test(
  'who is told how far the models are is told which have changed: of any at first and after a rebuild, else those whose documents did',
  async (t) => {
    const store = createMemoryEventStore();
    const storage = openTemporaryStorage();
    const told: { readonly progress: Progress; readonly changed: ChangedModels }[] = [];
    const engine = new ReadModelEngine({
      store,
      storage,
      projections: PROJECTIONS,
      onProgress: (progress, changed) => told.push({ progress, changed }),
    });
    const stop = new AbortController();
    const running = engine.run(stop.signal);
    t.teardown(async () => {
      stop.abort();
      await running;
      await storage.close();
    });
    /** All that was told since it was asked before, once the models stand there. */
    const changes = async (position: bigint): Promise<readonly (string | readonly string[])[]> => {
      await eventually(() => engine.progress.caughtUp && engine.progress.position >= position, {
        what: `the models at ${position}`,
      });
      return told.splice(0).map(({ changed }) => (changed === 'any' ? 'any' : [...changed].sort()));
    };

    t.equal((await changes(-1n))[0], 'any', 'what was done before it began is not known');
    const job = await changes(await append(store, [submitted('j')]));
    t.ok(job.length > 0 && job.every((models) => models !== 'any'), JSON.stringify(job));
    const ofJob = job.flat();
    t.ok(ofJob.includes('jobs') && !ofJob.includes('nodes') && !ofJob.includes('tasks'), ofJob.join(', '));
    const ofNode = (await changes(await append(store, [registered('n')]))).flat();
    t.ok(ofNode.includes('nodes') && !ofNode.includes('jobs'), ofNode.join(', '));

    await engine.rebuild('users');
    t.ok((await changes(-1n)).includes('any'), 'documents of another generation');
    t.notOk((await changes(await append(store, [submitted('k')]))).includes('any'), 'told once');
  },
);
