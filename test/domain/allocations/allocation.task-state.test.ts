import { isDeepStrictEqual } from 'node:util';
import t from 'tap';
import type { MusterEvent } from '#test/fixtures/muster-events.js';
import { evolveSlot, placed } from '#domain/work/slot.js';
import { allocations, type AllocationDocument } from '#projections/jobs/allocations.js';
import { recorded } from '../../projections/history.js';
import { documentAfter } from '../../projections/plain-fold.js';

const named = { allocationId: 'a', jobId: 'j', group: 'web', slot: 0, nodeId: 'n' };
const placement = { ...named, jobVersion: 1, attempt: 1, epoch: 1, evaluationId: 'v', resources: {} };
const exit = (exitCode: number | null, status: 'complete' | 'failed'): MusterEvent => ({
  type: 'TaskExited',
  data: { ...named, task: 'main', status, startTime: null, endTime: 9, exitCode, error: null, message: null },
});
const REPORTS: readonly MusterEvent[] = [
  { type: 'TaskStarted', data: { ...named, task: 'main', startTime: 5, checked: true, containerId: 'c' } },
  { type: 'TaskHealthChanged', data: { ...named, task: 'main', healthy: true, message: null, at: 6 } },
  { type: 'TaskHealthChanged', data: { ...named, task: 'main', healthy: false, message: 'refused', at: 7 } },
  exit(0, 'complete'),
  exit(3, 'failed'),
  exit(null, 'failed'),
];
const LONGEST = 4;

function* sequences(length: number): Generator<readonly MusterEvent[]> {
  if (length === 0) yield [];
  else for (const rest of sequences(length - 1)) for (const report of REPORTS) yield [...rest, report];
}

/** Returns the part of a task that both folds record. */
function shared(task: object | undefined): object | undefined {
  if (task === undefined) return undefined;
  const { healthySince: _since, healthy, ...rest } = task as Record<string, unknown>;
  return healthy === undefined || healthy === null ? rest : { ...rest, healthy };
}

void t.test(
  'for any sequence of reports, the allocation list and the run show the same task state',
  async (t) => {
    const differing: unknown[] = [];
    let compared = 0;
    for (let length = 1; length <= LONGEST; length += 1)
      for (const reports of sequences(length)) {
        const events = recorded([{ type: 'AllocationPlaced', data: placement }, ...reports]);
        const document = documentAfter<AllocationDocument>(allocations, events, 'a');
        const slot = events
          .slice(1)
          .reduce(
            (state, event) => evolveSlot(state, event as Parameters<typeof evolveSlot>[1]),
            placed(placement, null),
          );
        const [listed, ran] = [shared(document?.tasks['main']), shared(slot.tasks['main'])];
        if (!isDeepStrictEqual(listed, ran)) differing.push({ reports, listed, ran });
        compared += 1;
      }
    t.same(differing, []);
    t.equal(compared, 6 + 36 + 216 + 1296);
  },
);
