import fc from 'fast-check';
import t from 'tap';
import type { MusterEvent, RecordedMusterEvent } from '#test/fixtures/muster-events.js';
import { dayAt, zoneOf } from '#domain/tasks/schedule/index.js';
import {
  ALL_TENANTS,
  countedWithin,
  countsBetween,
  QUARTER_MS,
  taskCounts,
  tenantScope,
  type Counted,
  type TaskCountsDocument,
} from '#projections/tasks/task-counts.js';
import { cleared } from '../events.js';
import { recorded } from '../history.js';
import { plainFold } from '../plain-fold.js';

/** A date as text, or as milliseconds since 1970. */
type At = readonly [at: string | number, event: MusterEvent];

const begun = (tenantId?: string): MusterEvent => ({
  type: 'TaskTriggered',
  data: {
    taskId: 1,
    run: 1,
    keptFrom: 1,
    attempts: 1,
    trigger: 'manual',
    ...(tenantId !== undefined && { tenantId }),
  },
});
const ended = (outcome: 'success' | 'failed' | 'timeout', tenantId?: string): MusterEvent => ({
  type: 'TaskRunEnded',
  data: { taskId: 1, run: 1, outcome, ...(tenantId !== undefined && { tenantId }) },
});
const slot = (tenantId: string): MusterEvent => ({
  type: 'TaskSlotDecided',
  data: { taskId: 1, run: 1, slot: 1, decision: 'run', dueAt: 1, keptFrom: 1, attempts: 1, tenantId },
});
const skipped: MusterEvent = {
  type: 'TaskSlotDecided',
  data: { taskId: 1, slot: 1, until: 1, count: 1, decision: 'skipped', reason: 'missed' },
};
const end = { taskId: 2, run: 1, revision: 3, at: 1 };
const followed: MusterEvent = {
  type: 'TaskChainDecided',
  data: { taskId: 1, after: end, run: 1, decision: 'run', keptFrom: 1, attempts: 1, tenantId: 't1' },
};
const notFollowed: MusterEvent = {
  type: 'TaskChainDecided',
  data: { taskId: 1, after: end, decision: 'skipped', reason: 'paused' },
};
const filled: MusterEvent = {
  type: 'TaskBackfilled',
  data: { taskId: 1, run: 1, keptFrom: 1, attempts: 1, from: 0, until: 9, slots: [1, 2, 3], tenantId: 't1' },
};

function history(...events: readonly At[]): readonly RecordedMusterEvent[] {
  return recorded(events.map(([, event]) => event)).map((event, index) => {
    const [at = 0] = events[index] ?? [];
    return { ...event, metadata: { ...event.metadata, at: typeof at === 'number' ? at : Date.parse(at) } };
  });
}

function between(
  events: readonly RecordedMusterEvent[],
  scope: string,
  from: number,
  to: number,
): Record<Counted, number> {
  const documents = plainFold(taskCounts, events) as ReadonlyMap<string, TaskCountsDocument>;
  const found = countsBetween(scope, from, to).flatMap((id) => documents.get(id) ?? []);
  const sum = (kind: Counted): number =>
    found.reduce((all, each) => all + countedWithin(each, kind, from, to), 0);
  return { begun: sum('begun'), success: sum('success'), failed: sum('failed'), timeout: sum('timeout') };
}

const DAY = [Date.parse('2026-11-22T00:00:00Z'), Date.parse('2026-11-23T00:00:00Z')] as const;
const NOON = '2026-11-22T12:00:00Z';

void t.test('counts each run by its start, and its outcome by its end', async (t) => {
  const events = history(
    ...[begun('t1'), slot('t1'), followed, filled, skipped, notFollowed].map((event): At => [NOON, event]),
    ['2026-11-22T23:59:59.999Z', ended('success', 't1')],
    ['2026-11-22T23:59:59.999Z', ended('failed', 't1')],
    ['2026-11-23T00:00:00Z', ended('timeout', 't1')],
  );
  t.same(between(events, tenantScope('t1'), ...DAY), { begun: 6, success: 1, failed: 1, timeout: 0 });
  t.same(between(events, tenantScope('t1'), DAY[1], DAY[1] + QUARTER_MS), {
    begun: 0,
    success: 0,
    failed: 0,
    timeout: 1,
  });
});

void t.test('counts events by tenant and in total, and events without a tenant only in total', async (t) => {
  const events = history(
    [NOON, begun('t1')],
    [NOON, begun('t2')],
    [NOON, begun('t2')],
    [NOON, begun()],
    [NOON, ended('success')],
  );
  t.equal(between(events, tenantScope('t1'), ...DAY).begun, 1);
  t.equal(between(events, tenantScope('t2'), ...DAY).begun, 2);
  t.same(between(events, ALL_TENANTS, ...DAY), { begun: 4, success: 1, failed: 0, timeout: 0 });
  t.equal(
    between(events, tenantScope('all'), ...DAY).begun,
    0,
    'a tenant named all does not see the counts of others',
  );
});

void t.test('drops all counts at a clear, and keeps eight days per tenant', async (t) => {
  t.equal(plainFold(taskCounts, history([NOON, begun('t1')], [NOON, cleared])).size, 0);
  const days = Array.from({ length: 20 }, (_, index): At => [DAY[0] + index * 86_400_000, begun('t1')]);
  const kept = [...plainFold(taskCounts, history([NOON, begun('t2')], ...days)).keys()];
  t.equal(kept.length, 17);
  t.match(kept.at(-1), 'tenant t1 2026-12-11');
  t.ok(kept.includes('tenant t2 2026-11-22'), 'counts of other tenants do not displace it');
});

void t.test('sums a day in any time zone from at most three documents', async (t) => {
  const from = Date.UTC(2026, 9, 20);
  const moments = fc.array(fc.integer({ min: from, max: from + 20 * 86_400_000 }), { maxLength: 60 });
  fc.assert(
    fc.property(
      fc.constantFrom(
        'Asia/Kathmandu',
        'America/New_York',
        'Australia/Lord_Howe',
        'Pacific/Kiritimati',
        'UTC',
      ),
      moments,
      (name, all) => {
        const newest = Math.max(from, ...all);
        const { from: begin, to } = dayAt(zoneOf(name)!, newest);
        const sorted = [...all].sort((a, b) => a - b);
        const events = history(...sorted.map((at): At => [at, begun('t1')]));
        t.ok(countsBetween(tenantScope('t1'), begin, to).length <= 3);
        return (
          between(events, tenantScope('t1'), begin, to).begun ===
          all.filter((at) => at >= begin && at < to).length
        );
      },
    ),
    { numRuns: 500 },
  );
});
