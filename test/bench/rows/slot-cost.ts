import { randomUUID } from 'node:crypto';
import { encode, type MusterEvent } from '#domain/event-types/index.js';
import { catchUp } from '#src/engine/read-models/catch-up.js';
import { Batch } from '#src/engine/read-models/batch.js';
import { indexNames, ModelFold } from '#src/engine/read-models/model-fold.js';
import { openSqliteStorage } from '#src/engine/read-models/sqlite/open-storage.js';
import { PROJECTIONS } from '#src/server/workers/folds.js';
import { createMemoryEventStore } from '../../fixtures/memory-event-store.js';
import { ownFolder } from '../../fixtures/folder.js';
import { plainTask } from '../../fixtures/plain-task.js';
import { OwnScope } from '../../fixtures/scope.js';
import { number, type Figure, type Row } from '../row.js';

/** Maximum number of decisions that a task retains. */
const KEPT = 1000;
/** Slots that are due in the same second, and so are folded in one commit. */
const TOGETHER = 100;

/** Compares the cost of a slot in the read models with a hundred and with a hundred thousand retained decisions. */
export const slotCost: Row = {
  name: 'slot-cost',
  what: "processor time of a task's slot in the read models with 100,000 decisions kept, as a multiple of that with 100",
  sense: 'most',
  bar: 3,
  quickBar: 10,
  unit: 'times',
  async measure({ quick, runs }) {
    const figures: number[] = [];
    const notes: string[] = [];
    for (let run = 0; run < runs; run += 1) {
      const few = await cost(TOGETHER, 1, quick);
      const many = await cost(TOGETHER, quick ? KEPT / 10 : KEPT, quick);
      figures.push(many / few);
      notes.push(
        `run ${run + 1}: ${number(few)} µs a slot with ${TOGETHER} decisions kept, ${number(many)} µs with ${TOGETHER * (quick ? KEPT / 10 : KEPT)}`,
      );
    }
    return { runs: figures, notes } satisfies Figure;
  },
};

/** Returns the microseconds of processor time per slot when each of `tasks` tasks has decided `slots` slots before. */
async function cost(tasks: number, slots: number, quick: boolean): Promise<number> {
  const scope = new OwnScope();
  try {
    const store = createMemoryEventStore();
    const storage = openSqliteStorage(ownFolder(scope));
    scope.teardown(() => storage.close());
    const folds: ModelFold[] = [];
    for (const projection of PROJECTIONS) {
      const state = await storage.create(projection.name, projection.version, indexNames(projection));
      await storage.promote(state.generation);
      folds.push(await ModelFold.open(storage, projection, { ...state, live: true }));
    }
    const lane = new Batch(store, storage, folds);
    const revisions = new Map<string, number>();
    const append = async (
      event: MusterEvent & { readonly data: { readonly taskId: number } },
      at: number,
    ): Promise<void> => {
      const stream = `task-${event.data.taskId}`;
      const expected = revisions.get(stream) ?? 'no_stream';
      const stored = {
        id: randomUUID(),
        ...encode(event, { $correlationId: 'bench', $causationId: 'bench', at }),
      };
      revisions.set(stream, (await store.append({ stream, expected, events: [stored] })).revision);
    };
    /** Simulates one second: a slot of each task runs, and its run ends. */
    const second = async (run: number): Promise<void> => {
      const at = 1_750_000_000_000 + run * 1000;
      for (let taskId = 1; taskId <= tasks; taskId += 1) {
        await append(
          {
            type: 'TaskSlotDecided',
            data: {
              taskId,
              slot: at,
              decision: 'run',
              run,
              dueAt: at,
              keptFrom: Math.max(1, run - KEPT + 1),
              attempts: 1,
            },
          },
          at,
        );
        await append({ type: 'TaskRunEnded', data: { taskId, run, outcome: 'success' } }, at);
      }
    };
    for (let taskId = 1; taskId <= tasks; taskId += 1) {
      const definition = plainTask({ name: `each-second-${taskId}` }, { pattern: '* * * * * *' });
      await append(
        {
          type: 'TaskCreated',
          data: { taskId, nameReservation: String(taskId), tenantId: 't', createdBy: 'u', definition },
        },
        1_750_000_000_000,
      );
    }
    for (let run = 1; run <= slots; run += 1) await second(run);
    await catchUp(store, lane);
    const seconds = quick ? 5 : 30;
    // The first seconds absorb one-time costs.
    const warmUp = 3;
    let spent = 0;
    for (let run = slots + 1; run <= slots + warmUp + seconds; run += 1) {
      await second(run);
      const before = process.cpuUsage();
      await catchUp(store, lane);
      const { user, system } = process.cpuUsage(before);
      if (run > slots + warmUp) spent += user + system;
    }
    return spent / (seconds * tasks);
  } finally {
    await scope.end();
  }
}
