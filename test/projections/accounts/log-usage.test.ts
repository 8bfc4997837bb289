import t from 'tap';
import type { RecordedMusterEvent } from '#domain/event-types/index.js';
import { bytesOn, logUsage, untilNextDay, type LogUsageDocument } from '#projections/accounts/log-usage.js';

const DAY_MS = 86_400_000;
const NOON = Date.UTC(2026, 0, 5, 12);
let position = 0n;

function event(
  type: string,
  data: object,
  { actor = 'saga:x', at = NOON, bytes = 100 } = {},
): RecordedMusterEvent {
  position += 1n;
  const metadata = { $correlationId: 'c', $causationId: 'c', at, v: 1, actor };
  return {
    type,
    data,
    id: String(position),
    stream: 's-1',
    revision: 0,
    position,
    metadata,
    bytes,
  } as unknown as RecordedMusterEvent;
}

const registered = (userId: string, tenantId: string) =>
  event('UserRegistered', { userId, tenantId }, { actor: 'anonymous' });

function folded(...events: readonly RecordedMusterEvent[]): Map<string, LogUsageDocument> {
  const documents = new Map<string, LogUsageDocument>();
  for (const each of events) {
    t.ok(logUsage.events.includes(each.type), each.type);
    for (const id of logUsage.touches(each) as readonly string[]) {
      const next = logUsage.evolve(documents.get(id), each, id) as LogUsageDocument | undefined;
      if (next !== undefined) documents.set(id, next);
    }
  }
  return documents;
}

void t.test("counts the log bytes of an account's commands and of the jobs of its objects", async (t) => {
  const owner = { surface: 'tasks', tenant: 't', principal: 'ann' };
  const documents = folded(
    registered('ann', 't'),
    registered('bob', 't'),
    event('TaskTriggered', { taskId: 1 }, { actor: 'user:ann', bytes: 500 }),
    event('JobSubmitted', { jobId: 'task.1.1', owner }, { actor: 'saga:task-runs', bytes: 1000 }),
    event('JobSubmitted', { jobId: 'own' }, { actor: 'operator-key', bytes: 1000 }),
    event('TaskSlotDecided', { taskId: 1 }, { actor: 'saga:task-slots', bytes: 300 }),
  );
  t.equal(bytesOn(documents.get('ann')!, NOON), 1500);
  t.equal(bytesOn(documents.get('bob')!, NOON), 0);
  t.equal(documents.size, 2, 'no other account is counted');
  t.match(logUsage.indexes?.['tenant']?.(documents.get('ann')), 't');
});

void t.test('counts each UTC day from zero, but does not reset when the clock goes back', async (t) => {
  const by = { actor: 'user:ann' };
  const first = [registered('ann', 't'), event('TaskTriggered', {}, by)];
  const next = folded(...first, event('TaskTriggered', {}, { ...by, at: NOON + DAY_MS, bytes: 7 })).get(
    'ann',
  )!;
  t.equal(bytesOn(next, NOON + DAY_MS), 7);
  t.equal(bytesOn(next, NOON), 0);
  const back = folded(...first, event('TaskTriggered', {}, { ...by, at: NOON - DAY_MS, bytes: 7 })).get(
    'ann',
  )!;
  t.equal(bytesOn(back, NOON), 107);
  t.equal(untilNextDay(NOON), DAY_MS / 2);
});
