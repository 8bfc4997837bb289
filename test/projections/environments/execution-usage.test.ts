import t from 'tap';
import type { RecordedMusterEvent } from '#test/fixtures/muster-events.js';
import {
  begunWithin,
  executionUsage,
  tenantUsage,
  type ExecutionUsageDocument,
} from '#projections/environments/execution-usage.js';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 1, 28, 12);
const ONE = '7d0f3a5e-1c92-4b7f-9f0e-2b6c4d1a8e33';
const OTHER = '0b7e7b0c-52c4-4a0e-8d0a-1f6f0c1d9a77';

type Event = { readonly type: string; readonly data: Record<string, unknown>; readonly at: number };
const begun = (environmentId: string, at: number): Event => ({
  type: 'TaskSlotDecided',
  data: { taskId: 1, decision: 'run', run: 1, tenantId: 'one', pin: { environmentId } },
  at,
});
const ended = (environmentId: string, outcome: string, seconds?: number): Event => ({
  type: 'TaskRunEnded',
  data: {
    taskId: 1,
    run: 1,
    tenantId: 'one',
    outcome,
    execution: { environmentId, ...(seconds !== undefined && { startedAt: 100, endedAt: 100 + seconds }) },
  },
  at: NOW,
});

function folded(...events: readonly Event[]): ReadonlyMap<string, ExecutionUsageDocument> {
  const documents = new Map<string, ExecutionUsageDocument>();
  for (const { type, data, at } of events) {
    const event = { type, data, metadata: { at } } as unknown as RecordedMusterEvent;
    for (const touch of executionUsage.touches(event)) {
      const id = String(touch);
      const next = executionUsage.evolve(documents.get(id), event, id);
      if (next === undefined) documents.delete(id);
      else documents.set(id, next as ExecutionUsageDocument);
    }
  }
  return documents;
}

void t.test('counts executions by environment and tenant, with outcomes and durations', async (t) => {
  const documents = folded(
    begun(ONE, NOW),
    begun(ONE, NOW),
    begun(OTHER, NOW),
    ended(ONE, 'success', 2),
    ended(ONE, 'timeout', 6),
    ended(OTHER, 'failed'),
  );
  t.match(documents.get(ONE), { success: 1, failed: 1, timed: 2, seconds: 8, shortest: 2, longest: 6 });
  t.match(documents.get(OTHER), { success: 0, failed: 1, timed: 0, seconds: 0 });
  const all = documents.get(tenantUsage('one'));
  t.match(all, { success: 1, failed: 2, timed: 2, shortest: 2, longest: 6 });
  t.equal(all && begunWithin(all, 30, NOW), 3);
});

void t.test('keeps daily counts for a month, even if the clock goes back', async (t) => {
  const days = Array.from({ length: 40 }, (_, index) => begun(ONE, NOW - (39 - index) * DAY));
  const usage = folded(...days, begun(ONE, NOW - 2 * DAY)).get(ONE);
  t.equal(usage?.days.length, 31);
  t.equal(usage && begunWithin(usage, 30, NOW), 31, 'thirty days are counted, one of them twice');
  t.equal(usage && begunWithin(usage, 1, NOW), 1);
});

void t.test('drops the counts of a deleted environment, but not those of its tenant', async (t) => {
  const documents = folded(begun(ONE, NOW), ended(ONE, 'success', 1), {
    type: 'EnvironmentDeleted',
    data: { environmentId: ONE },
    at: NOW,
  });
  t.equal(documents.get(ONE), undefined);
  t.match(documents.get(tenantUsage('one')), { success: 1 });
});

void t.test('does not count a run without an environment', async (t) => {
  t.equal(
    folded({
      type: 'TaskRunEnded',
      data: { taskId: 1, run: 1, tenantId: 'one', outcome: 'success' },
      at: NOW,
    }).size,
    0,
  );
});
