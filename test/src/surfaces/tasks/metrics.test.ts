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
import { createMemoryEventStore } from '#src/engine/event-store/index.js';
import { Metrics } from '#src/engine/metrics/metrics.js';
import { taskMetrics } from '#src/surfaces/tasks/metrics.js';
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

void t.test('before anything is decided every figure is there, and is 0', async (t) => {
  const { figures } = await scene(0);
  const now = await figures();
  t.same(now.runs, { success: 0, failed: 0, timeout: 0, cancelled: 0 });
  t.same([now.ran, now.skipped('paused'), now.skipped('not_permitted'), now.delays], [0, 0, 0, 0]);
});

void t.test(
  'a slot that runs is counted with its delay, and one that is skipped with its reason',
  async (t) => {
    const { tell, figures } = await scene(70);
    await tell({ kind: 'decideSlots', taskId: 1, now: TWO + 70, permitted: true });
    await tell({ kind: 'decideSlots', taskId: 1, now: TWO + 70, permitted: true });
    let now = await figures();
    t.same([now.ran, now.delays, now.delay, now.within('0.05'), now.within('0.1')], [1, 1, 0.07, 0, 1]);
    await tell({ kind: 'decideSlots', taskId: 1, now: TWO + 5 * DAY_MS, permitted: true });
    now = await figures();
    t.same([now.ran, now.skipped('missed'), now.skipped('forbidden')], [1, 4, 1]);
  },
);

void t.test(
  'a run is counted once it is over, a try that another follows is not, and a command that is sent again counts once',
  async (t) => {
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
      'what was unfinished ends with its task',
    );
  },
);

void t.test('refused commands are not counted', async (t) => {
  const { tell, figures } = await scene(0);
  await t.rejects(tell({ kind: 'cancel', taskId: 1, run: 9, now: 0 }));
  t.same((await figures()).runs, { success: 0, failed: 0, timeout: 0, cancelled: 0 });
});

void t.test(
  'a call that tells of a task is counted once it is over: delivered, failed after the last try, or dropped',
  async (t) => {
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
      'a try that another follows is not counted',
    );
    for (let attempt = 1; attempt <= MAX_NOTIFICATION_ATTEMPTS; attempt += 1)
      await settleNotice(2, attempt, 'failed');
    t.same((await figures()).notices, { delivered: 1, failed: 1, dropped: 0 });
    for (let run = 3; run <= MAX_OPEN_NOTIFICATIONS + 4; run += 1) {
      await tell(trigger);
      await tell(settle(run, 'failed'));
    }
    t.same((await figures()).notices, { delivered: 1, failed: 1, dropped: 2 });
  },
);
