import t from 'tap';
import {
  MAX_OPEN_NOTIFICATIONS,
  MAX_NOTIFICATION_ATTEMPTS,
  tasks,
  type TaskCommand,
  type TaskDefinition,
} from '#domain/tasks/task/index.js';
import { openCommandExecutor } from '#src/engine/commands/command-executor.js';
import { DecidedEvents } from '#src/engine/commands/index.js';
import { Metrics } from '#src/engine/metrics/metrics.js';
import { taskMetrics } from '#src/surfaces/tasks/metrics.js';
import { createMemoryEventStore } from '../../../fixtures/memory-event-store.js';
import { HOOK } from '../../../fixtures/hook.js';
import { plainTask } from '../../../fixtures/plain-task.js';
import { parsePrometheus, valueOf } from '../../../fixtures/prometheus-text.js';
import { TestClock } from '../../../fixtures/test-clock.js';

const DAY_MS = 86_400_000;
const MADE = Date.parse('2026-01-01T00:00:00Z');
const TWO = MADE + 2 * 3_600_000;
let count = 0;

/** A daily task at two in the morning, and a server that decides late by this many milliseconds. */
async function scene(lateMs: number, definition: Partial<TaskDefinition> = {}) {
  const store = createMemoryEventStore();
  const clock = new TestClock(TWO + lateMs);
  const decided = new DecidedEvents();
  const executor = await openCommandExecutor({ store, clock, writer: `w${(count += 1)}`, decided });
  t.teardown(() => executor.close());
  const metrics = new Metrics(new TestClock());
  taskMetrics(metrics, decided, clock);
  const tell = async (command: TaskCommand, key?: string) =>
    await executor.execute(tasks, '1', command, {
      commandId: key ?? `c${(count += 1)}`,
      repeatable: key !== undefined,
      bodyDigest: '',
      correlationId: 'c',
      causationId: 'c',
      actor: 'test',
      surface: 'tasks',
    });
  const task = {
    taskId: 1,
    nameReservation: 'r',
    tenantId: 't1',
    createdBy: 'u',
    definition: plainTask(definition),
  };
  await tell({ kind: 'create', task, now: MADE });
  const figures = async () => {
    const now = parsePrometheus(await metrics.text());
    return {
      runs: Object.fromEntries(
        ['success', 'failed', 'timeout', 'cancelled'].map((status) => [
          status,
          valueOf(now, 'muster_task_runs_total', { status }),
        ]),
      ),
      notices: Object.fromEntries(
        ['delivered', 'failed', 'dropped'].map((outcome) => [
          outcome,
          valueOf(now, 'muster_task_notices_total', { outcome }),
        ]),
      ),
      ran: valueOf(now, 'muster_task_slots_total', { decision: 'run' }),
      skipped: (reason: string) => valueOf(now, 'muster_task_slots_total', { decision: 'skipped', reason }),
      delays: valueOf(now, 'muster_task_schedule_delay_seconds_count'),
      within: (le: string) => valueOf(now, 'muster_task_schedule_delay_seconds_bucket', { le }),
      delay: valueOf(now, 'muster_task_schedule_delay_seconds_sum'),
    };
  };
  return { tell, figures };
}

const trigger: TaskCommand = {
  kind: 'trigger',
  taskId: 1,
  permitted: true,
  triggered: { trigger: 'manual' },
};
const settle = (run: number, became: 'success' | 'failed' | 'timeout', trial = 1): TaskCommand => ({
  kind: 'settle',
  taskId: 1,
  run,
  trial,
  became,
  now: TWO,
});

void t.test('reports every metric as 0 before any decision', async (t) => {
  const { figures } = await scene(0);
  const now = await figures();
  t.same(now.runs, { success: 0, failed: 0, timeout: 0, cancelled: 0 });
  t.same([now.ran, now.skipped('paused'), now.skipped('not_permitted'), now.delays], [0, 0, 0, 0]);
});

void t.test('counts started slots with their delay, and skipped slots by reason', async (t) => {
  const { tell, figures } = await scene(70);
  await tell({ kind: 'decideSlots', taskId: 1, now: TWO + 70, permitted: true });
  await tell({ kind: 'decideSlots', taskId: 1, now: TWO + 70, permitted: true });
  let now = await figures();
  t.same([now.ran, now.delays, now.delay, now.within('0.05'), now.within('0.1')], [1, 1, 0.07, 0, 1]);
  await tell({ kind: 'decideSlots', taskId: 1, now: TWO + 5 * DAY_MS, permitted: true });
  now = await figures();
  t.same([now.ran, now.skipped('missed'), now.skipped('forbidden')], [1, 4, 1]);
});

void t.test('counts each run exactly once when it ends, but not its retried attempts', async (t) => {
  const { tell, figures } = await scene(0, { retryCount: 1 });
  for (let run = 1; run <= 6; run += 1) await tell(trigger);
  await tell(settle(1, 'success'));
  await tell(settle(1, 'success'));
  await tell(settle(2, 'failed'));
  t.same((await figures()).runs, { success: 1, failed: 0, timeout: 0, cancelled: 0 });
  await tell(settle(2, 'failed', 2));
  await tell(settle(3, 'timeout'));
  await tell(settle(3, 'timeout', 2));
  for (let time = 0; time < 2; time += 1) await tell({ kind: 'cancel', taskId: 1, run: 4, now: 0 }, 'key');
  t.same((await figures()).runs, { success: 1, failed: 1, timeout: 1, cancelled: 1 });
  await tell({ kind: 'delete', taskId: 1 });
  t.same(
    (await figures()).runs,
    { success: 1, failed: 1, timeout: 1, cancelled: 3 },
    'unfinished runs end with their task',
  );
});

void t.test('does not count refused commands', async (t) => {
  const { tell, figures } = await scene(0);
  await t.rejects(tell({ kind: 'cancel', taskId: 1, run: 9, now: 0 }));
  t.same((await figures()).runs, { success: 0, failed: 0, timeout: 0, cancelled: 0 });
});

void t.test('counts each notification once, when it is delivered, fails or is dropped', async (t) => {
  const { tell, figures } = await scene(0, { notify: { on: ['failure'], to: HOOK } });
  const settleNotice = async (notice: number, attempt: number, became: 'delivered' | 'failed') =>
    await tell({ kind: 'settleNotice', taskId: 1, notice, attempt, became, now: TWO });
  for (let run = 1; run <= 2; run += 1) {
    await tell(trigger);
    await tell(settle(run, 'failed'));
  }
  await settleNotice(1, 1, 'failed');
  await settleNotice(1, 2, 'delivered');
  t.same(
    (await figures()).notices,
    { delivered: 1, failed: 0, dropped: 0 },
    'an attempt that is retried is not counted',
  );
  for (let attempt = 1; attempt <= MAX_NOTIFICATION_ATTEMPTS; attempt += 1)
    await settleNotice(2, attempt, 'failed');
  t.same((await figures()).notices, { delivered: 1, failed: 1, dropped: 0 });
  for (let run = 3; run <= MAX_OPEN_NOTIFICATIONS + 4; run += 1) {
    await tell(trigger);
    await tell(settle(run, 'failed'));
  }
  t.same((await figures()).notices, { delivered: 1, failed: 1, dropped: 2 });
});
