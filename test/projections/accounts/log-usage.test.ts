import t from 'tap';
import { EVENT_CATALOG } from '#domain/all-events.js';
import { EVENTS, type RecordedMusterEvent } from '#test/fixtures/muster-events.js';
import {
  bytesOn,
  logUsage as logUsageOf,
  untilNextDay,
  usageKey,
  type LogUsageDocument,
} from '#projections/accounts/log-usage.js';

const logUsage = logUsageOf(EVENT_CATALOG);
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

const registered = (userId: string, tenantId: string, more: object = {}) =>
  event('UserRegistered', { userId, tenantId, role: 'user', ...more }, { actor: 'anonymous' });

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
  t.equal(bytesOn(documents.get('ann')!, NOON), 1600);
  t.equal(sumOf(documents, 'ann'), 1900, 'with the decision about a slot of its task');
  t.equal(sumOf(documents, 'bob'), 100);
  t.same([...documents.keys()], ['ann', 'bob', 'task:1'], 'no other account is counted');
});

function sumOf(documents: ReadonlyMap<string, LogUsageDocument>, account: string): number {
  const day = Date.UTC(2026, 0, 5);
  return [...documents.values()]
    .filter((each) => logUsage.indexes?.['account']?.(each) === usageKey(account, day))
    .reduce((sum, each) => sum + bytesOn(each, NOON), 0);
}

void t.test(
  'counts every event in the streams of the work of an account, including those of agents',
  async (t) => {
    const owner = { surface: 'tasks', tenant: 't', principal: 'ann' };
    const of = (jobId: string) => ({ jobId, allocationId: 'a' });
    const documents = folded(
      registered('ann', 't'),
      event('TaskExited', of('task.1.1'), { bytes: 17_000, actor: 'node:n' }),
      event('TaskCreated', { taskId: 1, tenantId: 't', createdBy: 'ann' }, { actor: 'user:ann', bytes: 10 }),
      event('JobSubmitted', { jobId: 'task.1.1', owner }, { bytes: 20 }),
      event('AllocationPlaced', of('task.1.1'), { actor: 'scheduler', bytes: 40 }),
      event('TaskStarted', of('task.1.1'), { actor: 'node:n', bytes: 80 }),
      event('TaskExited', of('task.1.2'), { actor: 'node:n', bytes: 17_000 }),
      event('TaskExited', of('task.1.notice.2'), { actor: 'node:n', bytes: 1000 }),
      event('TaskExited', of('task.2.1'), { actor: 'node:n', bytes: 5 }),
      event('JobSubmitted', { jobId: 'conda.x', owner }, { bytes: 160 }),
      event('TaskExited', of('conda.x'), { actor: 'node:n', bytes: 320 }),
      event(
        'ServiceCreated',
        { serviceId: 's', tenantId: 't', createdBy: 'ann' },
        { actor: 'user:ann', bytes: 1 },
      ),
      event('DeploymentAdvanced', { serviceId: 's' }, { bytes: 640 }),
      event('EvaluationBlocked', { jobId: 'service.s' }, { bytes: 1280 }),
      event('GpuClaimEnded', { claimId: 'c', userId: 'ann' }, { bytes: 2560 }),
    );
    t.equal(
      sumOf(documents, 'ann'),
      100 + 10 + 20 + 40 + 80 + 17_000 + 1000 + 160 + 320 + 1 + 640 + 1280 + 2560,
    );
  },
);

void t.test(
  'counts an event about several kinds of work once, for the kind that is listed first',
  async (t) => {
    const of = { tenantId: 't', createdBy: 'ann' };
    const both = { environmentId: 'e', taskId: 1 };
    const documents = folded(
      event('EnvironmentCreated', { environmentId: 'e', ...of }, { bytes: 1 }),
      event('TaskCreated', { taskId: 1, ...of }, { bytes: 2 }),
      event('EnvironmentReferred', both, { bytes: 4 }),
    );
    t.equal(bytesOn(documents.get('task:1')!, NOON), 6);
    t.equal(bytesOn(documents.get('environment:e')!, NOON), 1);
    const several = Object.entries(EVENTS).flatMap(([type, { schema }]) => {
      const fields = Object.keys((schema as { shape?: object }).shape ?? {});
      return ['taskId', 'serviceId', 'environmentId'].filter((field) => fields.includes(field)).length > 1
        ? [type]
        : [];
    });
    t.same(several, ['EnvironmentReferred'], 'another such event depends on the order of the streams too');
  },
);

void t.test('knows who owns streams, because the events of a new owner change the model', (t) => {
  t.same([...new Set(EVENT_CATALOG.streams.map(({ owner }) => owner))].sort(), [
    'accounts',
    'cluster',
    'conda',
    'fleet',
    'gpu',
    'services',
    'tasks',
  ]);
  t.end();
});

void t.test('folds every type of event that can belong to an account', async (t) => {
  for (const [type, { schema }] of Object.entries(EVENTS)) {
    const fields = Object.keys((schema as { shape?: object }).shape ?? {});
    if (['jobId', 'taskId', 'serviceId', 'environmentId', 'userId'].some((field) => fields.includes(field)))
      t.ok(logUsage.events.includes(type), type);
  }
});

void t.test('tells which accounts are self-registered', async (t) => {
  const documents = folded(
    registered('self', 's'),
    registered('made', 'm', { execute: true }),
    registered('granted', 'g'),
    event('ExecutionGranted', { userId: 'granted' }, { actor: 'user:root' }),
    registered('raised', 'r'),
    event('UserRoleChanged', { userId: 'raised', role: 'tenant_admin' }, { actor: 'user:root' }),
  );
  t.same(
    [...documents.values()]
      .filter(({ selfRegistered }) => selfRegistered === true)
      .map(({ userId }) => userId),
    ['self'],
  );
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
  t.equal(bytesOn(back, NOON), 207);
  t.equal(untilNextDay(NOON), DAY_MS / 2);
});
