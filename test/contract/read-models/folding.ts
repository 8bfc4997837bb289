import fc from 'fast-check';
import type { Test } from 'tap';
import { EVALUATION_INDEX } from '#projections/jobs/jobs.js';
import { FOLDS, PROJECTIONS } from '#src/process/read-side/folds.js';
import type { MusterEvent } from '#test/fixtures/muster-events.js';
import { isMusterError } from '#domain/kernel/errors/index.js';
import { ReadModelEngine } from '#src/engine/read-models/engine.js';
import { createMemoryEventStore } from '../../fixtures/memory-event-store.js';
import { arbitraryHistory } from '../../projections/arbitrary-history.js';
import {
  archived,
  cleared,
  completed,
  deleted,
  evaluated,
  finished,
  group,
  place as at,
  placed,
  released,
  specification,
  started,
  submitted,
  updated,
} from '../../projections/events.js';
import { altered, append, contentsOf, expectedContents, listed, project, type OpenPlace } from './fixture.js';

/** Tests that the documents equal those of the plain fold, for any events in any batches. */
export async function foldingContract(t: Test, open: OpenPlace, histories: number): Promise<void> {
  await t.test('an empty log produces empty models', async (t) => {
    const [place, store] = [await open(), createMemoryEventStore()];
    const { progress } = await project(place, store);
    t.match(progress, { position: -1n, caughtUp: true });
    t.strictSame(await contentsOf(place), await expectedContents(store));
  });

  await t.test(
    'any history gives the same documents as the plain fold, in any batches and across restarts',
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(arbitraryHistory(60), { minLength: 1, maxLength: 4 }), async (parts) => {
          const [place, store] = [await open(), createMemoryEventStore()];
          for (const part of parts) {
            await append(store, part);
            await project(place, store);
          }
          sameContents(await contentsOf(place), await expectedContents(store));
        }),
        { numRuns: histories },
      );
    },
  );

  await t.test('one event per batch gives the same documents as a single batch', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryHistory(60), async (history) => {
        const [place, store] = [await open(), createMemoryEventStore()];
        const storage = await place.storage();
        const stop = new AbortController();
        const engine = new ReadModelEngine({
          ...FOLDS,
          store,
          storage,
        });
        const run = engine.run(stop.signal);
        const position = await append(store, history);
        await until(() => engine.progress.caughtUp && engine.progress.position >= position, run);
        stop.abort();
        await run;
        await storage.close();
        sameContents(await contentsOf(place), await expectedContents(store));
      }),
      { numRuns: Math.ceil(histories / 2) },
    );
  });

  await t.test(
    'the deletion of a job is folded into its allocations both in storage and in memory',
    async (t) => {
      const [place, store] = [await open(), createMemoryEventStore()];
      await append(store, [
        submitted('j', specification(group('web', 3))),
        placed(at('a', 'j', 0)),
        placed(at('b', 'j', 1)),
        released(at('b', 'j', 1), 'stopped'),
      ]);
      await project(place, store);
      await append(store, [
        placed(at('c', 'j', 2)),
        started(at('a', 'j', 0)),
        deleted('j'),
        submitted('j'),
        placed(at('d', 'j', 0), 2),
      ]);
      await project(place, store);
      t.strictSame(
        (await contentsOf(place)).allocations?.map(([id]) => id),
        ['a', 'c', 'd'],
      );
      t.strictSame(await contentsOf(place), await expectedContents(store));
    },
  );

  await t.test(
    'ended jobs are listed by end time, and archiving a job removes all its documents from the models',
    async (t) => {
      const [place, store] = [await open(), createMemoryEventStore()];
      const life = (id: string) => [
        submitted(id, undefined, `e-${id}`),
        placed(at(`a-${id}`, id), 0, 0, `e-${id}`),
        completed(at(`a-${id}`, id)),
        released(at(`a-${id}`, id), 'complete'),
        evaluated(id, `e-${id}`),
      ];
      await append(store, [
        ...life('j'),
        ...life('runs'),
        ...life('k'),
        finished('k', 0, 'complete'),
        finished('j', 0, 'complete'),
      ]);
      await project(place, store);
      const models = place.models();
      t.teardown(() => models.close());
      t.strictSame(
        (await listed(models, 'jobs', { by: 'ended' })).map(({ id }) => id),
        ['j', 'k'],
      );
      await append(store, [archived('j')]);
      await project(place, store);
      t.strictSame(
        (await listed(models, 'jobs', { by: 'ended' })).map(({ id }) => id),
        ['k'],
      );
      for (const [model, left] of [
        ['jobs', ['runs', 'k']],
        ['allocations', ['a-runs', 'a-k']],
      ] as const) {
        t.strictSame(
          (await listed(models, model)).map(({ id }) => id),
          left,
          model,
        );
      }
      t.strictSame(await contentsOf(place), await expectedContents(store));
      const ofEvaluation = async (id: string) =>
        (await listed(models, 'jobs', { where: { index: EVALUATION_INDEX, value: id } })).map(
          (each) => each.id,
        );
      t.strictSame(
        [await ofEvaluation('e-runs'), await ofEvaluation('e-k'), await ofEvaluation('e-j')],
        [['runs'], ['k'], []],
      );
      await append(store, [submitted('j')]);
      await project(place, store);
      t.match(JSON.parse((await models.get('jobs', 'j'))!.json), { status: 'pending', former: [] });
      t.strictSame(await contentsOf(place), await expectedContents(store));
    },
  );

  await t.test(
    'a document is found under every current value of a multi-value index, and under no previous one',
    async (t) => {
      const [place, store] = [await open(), createMemoryEventStore()];
      const names = ['a', 'b'].map((id) => submitted(id, undefined, `${id}0`));
      const found = async (...values: readonly string[]) => {
        const models = place.models();
        try {
          return await Promise.all(
            values.map(async (value) => {
              const where = { index: EVALUATION_INDEX, value };
              const ids = (await listed(models, 'jobs', { where })).map(({ id }) => id);
              t.equal(await models.count('jobs', where), ids.length);
              t.strictSame(
                (await listed(models, 'jobs', { where, newest: true })).map(({ id }) => id),
                ids,
              );
              return ids.join();
            }),
          );
        } finally {
          await models.close();
        }
      };
      await append(store, names);
      await project(place, store);
      t.strictSame(await found('a0', 'b0', 'c0', '["a0"]'), ['a', 'b', '', '']);
      await append(
        store,
        [1, 2, 3, 4, 5].map((n) => updated('a', undefined, `a${n}`)),
      );
      await project(place, store);
      t.strictSame(await found('a0', 'a1', 'a5', 'b0'), ['', 'a', 'a', 'b']);
      await append(store, [deleted('a'), submitted('a', undefined, 'a6'), updated('b', undefined, 'a5')]);
      await project(place, store);
      t.strictSame(await found('a1', 'a5', 'a6', 'b0'), ['', 'b', 'a', 'b']);
      await append(store, [cleared, submitted('b', undefined, 'b7')]);
      await project(place, store);
      t.strictSame(await found('a6', 'b0', 'b7'), ['', '', 'b']);
    },
  );

  await t.test('clearing the cluster removes every earlier document', async (t) => {
    const [place, store] = [await open(), createMemoryEventStore()];
    await append(store, [submitted('j'), placed(at('a', 'j'))]);
    await project(place, store);
    await append(store, [submitted('k'), cleared, submitted('j')]);
    await project(place, store);
    t.strictSame(
      (await contentsOf(place)).jobs?.map(([id]) => id),
      ['j'],
    );
    t.strictSame(await contentsOf(place), await expectedContents(store));
  });

  await t.test(
    'a model that is exempt from clears keeps earlier documents, in the same batch and across a restart',
    async (t) => {
      const [place, store] = [await open(), createMemoryEventStore()];
      const enrolled = (nodeId: string): MusterEvent => ({
        type: 'NodeEnrolled',
        data: { nodeId, hostname: `${nodeId}.example` },
      });
      await append(store, [enrolled('m'), submitted('j')]);
      await project(place, store);
      await append(store, [enrolled('n'), cleared, enrolled('o')]);
      await project(place, store);
      const { hosts, jobs } = await contentsOf(place);
      t.strictSame([hosts?.map(([id]) => id), jobs], [['m', 'n', 'o'], []]);
    },
  );

  await t.test(
    'a model with a limit per index value keeps only the newest documents, in one batch or in several',
    async (t) => {
      const few = altered(PROJECTIONS, 'allocations', { keep: { index: 'slot', newest: 2 } });
      const made = (id: string) => [placed(at(id, 'j')), released(at(id, 'j'), 'stopped')];
      for (const parts of [[['a', 'b', 'c', 'd']], [['a'], ['b'], ['c', 'd']], [['a', 'b'], ['c'], ['d']]]) {
        const [place, store] = [await open(), createMemoryEventStore()];
        await append(store, [submitted('j')]);
        for (const part of parts) {
          await append(store, part.flatMap(made));
          await project(place, store, few);
        }
        const { allocations } = await contentsOf(place, few);
        t.strictSame(
          allocations?.map(([id]) => id),
          ['c', 'd'],
          JSON.stringify(parts),
        );
        t.strictSame(await contentsOf(place, few), await expectedContents(store, few));
      }
    },
  );

  await t.test('a document that is created again under its old id comes last in the list', async (t) => {
    const [place, store] = [await open(), createMemoryEventStore()];
    await append(store, [submitted('j'), submitted('k')]);
    await project(place, store);
    await append(store, [deleted('j'), submitted('j')]);
    await project(place, store);
    const models = place.models();
    t.teardown(() => models.close());
    t.strictSame(
      (await listed(models, 'jobs')).map(({ id, created }) => [id, created > 1n]),
      [
        ['k', true],
        ['j', true],
      ],
    );
  });

  await t.test('a poison document is parked and counted, and everything else continues', async (t) => {
    const [place, store] = [await open(), createMemoryEventStore()];
    const jobs = PROJECTIONS.find((each) => each.name === 'jobs')!;
    const poisoned = altered(PROJECTIONS, 'jobs', {
      evolve: (document, event, id) => {
        if (id === 'bad' && event.type === 'JobUpdated') throw new Error('poison');
        if (id === 'worse') throw new Error('poison from the start');
        return jobs.evolve(document, event, id);
      },
    });
    await append(store, [submitted('bad'), submitted('good'), submitted('worse')]);
    await project(place, store, poisoned);
    await append(store, [
      updated('bad'),
      updated('bad', specification(group('web', 2))),
      updated('good'),
      updated('worse'),
    ]);
    const { progress } = await project(place, store, poisoned);
    t.equal(progress.parked.jobs, 2);
    const models = place.models(poisoned);
    t.teardown(() => models.close());
    t.match(await listed(models, 'jobs'), [
      { id: 'bad', parked: true },
      { id: 'good', parked: false },
    ]);
    t.match(JSON.parse((await models.get('jobs', 'bad'))!.json), { version: 0 });
    t.match(JSON.parse((await models.get('jobs', 'good'))!.json), { version: 1 });
    t.equal(await models.get('jobs', 'worse'), undefined);
    const storage = await place.storage();
    t.teardown(() => storage.close());
    const live = (await storage.generations()).find((each) => each.model === 'jobs' && each.live)!;
    t.match(await storage.parked(live.generation), [
      { id: 'worse', type: 'JobSubmitted', error: 'Error: poison from the start' },
      { id: 'bad', type: 'JobUpdated' },
    ]);
  });

  await t.test('the rebuild for a fixed projection parks no documents', async (t) => {
    const [place, store] = [await open(), createMemoryEventStore()];
    const evolve = (): never => {
      throw new Error('poison');
    };
    await append(store, [submitted('j')]);
    await project(place, store, altered(PROJECTIONS, 'jobs', { evolve }));
    const healed = altered(PROJECTIONS, 'jobs', { version: 99 });
    const { progress } = await project(place, store, healed);
    t.equal(progress.parked.jobs, 0);
    t.strictSame(await contentsOf(place, healed), await expectedContents(store));
  });

  await t.test('skips the events of foreign streams, whatever their types and contents', async (t) => {
    const [place, store] = [await open(), createMemoryEventStore()];
    await append(store, [submitted('j')]);
    const ids = [
      '00000000-0000-4000-8000-00000000000a',
      '00000000-0000-4000-8000-00000000000b',
      '00000000-0000-4000-8000-00000000000c',
    ];
    const foreign = ids.map((id, n) => ({
      id,
      type: ['OrderPlaced', 'ClusterCleared', 'JobSubmitted'][n] ?? '',
      data: ['[1]', '{}', 'null'][n] ?? '',
      metadata: ['7', '{}', '{"v":99}'][n] ?? '',
    }));
    await store.append({ stream: 'invoice-job', expected: 'no_stream', events: foreign });
    const { progress } = await project(place, store);
    t.match(
      progress,
      { position: await store.head(), caughtUp: true },
      'foreign events still advance the position',
    );
    t.strictSame(
      (await contentsOf(place)).jobs?.map(([id]) => id),
      ['j'],
    );
  });

  await t.test(
    'a list ordered by an index contains only documents with a value, smallest first, across many pages',
    async (t) => {
      const [place, store] = [await open(), createMemoryEventStore()];
      const at = (n: number): number => (n * 37) % 25;
      const timed = altered(PROJECTIONS, 'jobs', {
        version: 99,
        indexes: {
          due: (job) =>
            ((n) => (n % 3 === 0 ? undefined : String(at(n)).padStart(4, '0')))(
              Number((job as { jobId: string }).jobId),
            ),
        },
      });
      const ids = Array.from({ length: 700 }, (_, n) => n);
      await append(
        store,
        ids.map((n) => submitted(String(n))),
      );
      await project(place, store, timed);
      const models = place.models(timed);
      t.teardown(() => models.close());
      const expected = ids
        .filter((n) => n % 3 !== 0)
        .sort((a, b) => at(a) - at(b) || a - b)
        .map(String);
      t.strictSame(
        (await listed(models, 'jobs', { by: 'due' })).map(({ id }) => id),
        expected,
      );
      t.strictSame(
        (await listed(models, 'jobs', { by: 'due', limit: 250 })).map(({ id }) => id),
        expected.slice(0, 250),
      );
      await t.rejects(listed(models, 'jobs', { by: 'none' }), RangeError);
    },
  );

  await t.test(
    'an unknown event stops the engine: earlier events are folded, later ones are not',
    async (t) => {
      const [place, store] = [await open(), createMemoryEventStore()];
      await append(store, [submitted('j')]);
      await project(place, store);
      await append(store, [submitted('k')]);
      const event = {
        id: '00000000-0000-4000-8000-00000000000f',
        type: 'FromTheFuture',
        data: '{}',
        metadata: '{"$correlationId":"","$causationId":"","at":1,"v":7}',
      };
      await store.append({ stream: 'job-future', expected: 'no_stream', events: [event] });
      await append(store, [submitted('l')]).catch(() => undefined);
      try {
        await project(place, store);
        t.fail('the engine should have stopped');
      } catch (error) {
        t.ok(isMusterError(error, 'MUSTER_E_EVENT_UNKNOWN'));
        t.match((error as { fields?: unknown }).fields, { type: 'FromTheFuture', version: 7 });
      }
      t.strictSame(
        (await contentsOf(place)).jobs?.map(([id]) => id),
        ['j', 'k'],
      );
    },
  );
}

/** Throws an error with both sides if they differ, so that fast-check can shrink. */
function sameContents(actual: unknown, expected: unknown): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) throw new Error(`models differ\nactual   ${a}\nexpected ${b}`);
}

/** Checks the condition on each turn of the event loop. Rejects if the run ends first. */
export async function until(condition: () => boolean, run: Promise<unknown>): Promise<void> {
  let ended = false;
  const end = (): void => {
    ended = true;
  };
  run.then(end, end);
  while (!condition()) {
    if (ended) await run.then(() => Promise.reject(new Error('ended before')));
    await new Promise((resolve) => setImmediate(resolve));
  }
}
