import t from 'tap';
import type { MusterEvent } from '#test/fixtures/muster-events.js';
import { taskRunBlocks } from '#projections/tasks/task-run-blocks.js';
import { dropWork } from '#src/fleet/tasks/drop-work.js';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { eventually } from '../../../fixtures/eventually.js';
import { plainTask } from '../../../fixtures/plain-task.js';
import { openScene } from '../owned-work/scene.js';

/** A thousand runs that were cancelled at once. */
function thousand(taskId: number, from: number): readonly MusterEvent[] {
  const slots = Array.from({ length: 1000 }, (_, index) => index * 60_000);
  return [
    {
      type: 'TaskBackfilled',
      data: { taskId, run: from, keptFrom: 1, attempts: 1, from: 0, until: 60_000_000, slots },
    },
    {
      type: 'TaskRunsCancelled',
      data: { taskId, runs: slots.map((_, index) => from + index), reason: 'requested' },
    },
  ];
}

void t.test(
  'drops surplus runs in batches of a thousand, once with two servers, and all runs of a deleted task',
  async (t) => {
    const scene = await openScene(t, dropWork(), taskRunBlocks, systemClock);
    const definition = { ...plainTask(), keepRuns: 5000 };
    const dropped = async (): Promise<readonly unknown[]> =>
      (await scene.events('TaskRunsDropped')).map(({ data }) =>
        Object.values(JSON.parse(data) as Record<string, number>).slice(1),
      );
    await scene.happened(
      {
        type: 'TaskCreated',
        data: { taskId: 1, nameReservation: 'r', tenantId: 't1', createdBy: 'u', definition },
      },
      ...[1, 1001, 2001].flatMap((from) => thousand(1, from)),
      {
        type: 'TaskUpdated',
        data: {
          taskId: 1,
          nameReservation: 'r',
          definition: { ...definition, keepRuns: 400 },
          keptFrom: 2601,
        },
      },
    );
    await scene.loop();
    await scene.loop();
    const parts = [
      [1, 1000],
      [1001, 2000],
      [2001, 2600],
    ];
    await eventually(async () => (await dropped()).length >= 3, {
      timeout: 60_000,
      what: 'three dropped batches',
    });
    t.same(await dropped(), parts);
    await scene.shown();
    t.match(await scene.documents(), [{ block: 2, keptFrom: 2601, left: null, oldest: true }]);
    await scene.happened({ type: 'TaskDeleted', data: { taskId: 1 } });
    await eventually(async () => (await dropped()).length >= 4, {
      timeout: 60_000,
      what: 'the last dropped batch',
    });
    await scene.shown();
    t.same([await dropped(), await scene.documents()], [[...parts, [2601, 3000]], []]);
  },
);
