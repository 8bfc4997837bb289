import t from 'tap';
import type { Tasks } from '#src/cli/shared/client.js';
import { WHOLE } from '#src/cli/shared/look.js';
import { zoneTimes } from '#src/cli/shared/local-time.js';
import { scheduleLines, taskPage, taskTable, whyPage } from '#src/cli/tasks/task-view.js';

type Task = Tasks['ScheduledTask'];
type Run = Tasks['TaskRun'];
type RunReason = NonNullable<Run['reason']>;
type SkipReason = NonNullable<Tasks['TaskSlot']['reason']>;

/** These lists do not compile if they lack a value of the OpenAPI description. */
const RUN_REASONS = Object.keys({
  requested: 1,
  replaced: 1,
  deleted: 1,
  owner_ended: 1,
  exited: 1,
  expired: 1,
  timeout: 1,
  not_started: 1,
  secret_missing: 1,
  secrets_too_large: 1,
  worker_lost: 1,
  interrupted: 1,
  stopped_by_operator: 1,
  not_due: 1,
  waiting_for_earlier_run: 1,
  no_worker_online: 1,
  no_suitable_worker: 1,
  worker_shares_its_user: 1,
  worker_shares_its_tmp: 1,
  too_large_for_any_worker: 1,
  over_quota: 1,
  waiting_for_capacity: 1,
  being_placed: 1,
  starting: 1,
} satisfies Record<RunReason, 1>) as RunReason[];
const SKIP_REASONS = Object.keys({
  paused: 1,
  disabled: 1,
  forbidden: 1,
  missed: 1,
  too_many: 1,
  not_permitted: 1,
  no_environment: 1,
  over_quota: 1,
} satisfies Record<SkipReason, 1>) as SkipReason[];

const TIME = '2026-01-01T02:00:00Z';
const task = (changes: Partial<Task> = {}): Task => ({
  id: 1,
  name: 'backup',
  executor: 'shell',
  command: 'true',
  status: 'active',
  schedule: '0 2 * * *',
  timezone: 'UTC',
  concurrency: 'forbid',
  misfire: 'once',
  jitter_seconds: 0,
  priority: 'normal',
  retry_count: 0,
  retry_delay_seconds: 10,
  timeout_seconds: 3600,
  on_lost: 'retry',
  tags: [],
  labels: {},
  keep_runs: 1000,
  resources: { cpu: 100, memory: 128 },
  schedule_text: 'At 02:00',
  next_run_at: TIME,
  unfinished_runs: 2,
  last_run: null,
  created_by: 'u',
  created_at: TIME,
  updated_at: TIME,
  ...changes,
});
const run = (changes: Partial<Run> = {}): Run => ({
  id: 4,
  task_id: 1,
  status: 'failed',
  trigger: 'schedule',
  created_by: null,
  created_by_name: null,
  slot: TIME,
  repeats: null,
  attempt: 1,
  attempts: 1,
  worker: 'w',
  created_at: TIME,
  due_at: TIME,
  started_at: TIME,
  finished_at: TIME,
  duration_seconds: 1,
  exit_code: 2,
  memory_peak_mb: null,
  memory_average_mb: null,
  cpu_seconds: null,
  reason: 'exited',
  message: 'exited with code 2',
  former_tries: [],
  ...changes,
});
const decision = (reason: SkipReason | null): Tasks['TaskSlot'] => ({
  slot: TIME,
  until: TIME,
  count: 1,
  decision: reason === null ? 'run' : 'skipped',
  reason,
  run_id: reason === null ? 4 : null,
  decided_at: TIME,
});

void t.test('shows the release of the time zone data only where it decides the next run', (t) => {
  const zoned = task({ timezone: 'Africa/Casablanca', zone_data: '2026f' });
  t.match(taskPage(zoned).join('\n'), /^Zone data +2026f$/m);
  t.notMatch(taskPage(task()).join('\n'), /Zone data/);
  t.end();
});

void t.test('prints an explanation of every reason of a run', (t) => {
  for (const reason of RUN_REASONS)
    t.match(whyPage(run({ reason })).join('\n'), new RegExp(`^Reason +${reason}: \\w.{15,}$`, 'm'), reason);
  t.match(whyPage(run({ status: 'success', reason: null })).join('\n'), /^Reason +-$/m);
  t.end();
});

void t.test("shows the last ten lines of a run's output, and the command that prints the full log", (t) => {
  const output = Array.from({ length: 20 }, (_, index) => `line ${index}\u001b`).join('\n');
  const lines = whyPage(run({ output: `${output}\n` }));
  t.same(lines.slice(-13, -10), ['', 'Last output:', '  | line 10\\x1b'].slice(0, 3));
  t.equal(lines.at(-2), '  | line 19\\x1b');
  t.equal(lines.at(-1), 'Full log: muster task logs 1 4');
  t.notMatch(whyPage(run({ output: '\n' })).join('\n'), /Last output|Full log/);
  t.notMatch(whyPage(run()).join('\n'), /Last output|Full log/);
  t.end();
});

void t.test('shows the command that prints the log of a former attempt', (t) => {
  const former = { worker: 'w', started_at: TIME, finished_at: TIME, exit_code: 1, message: null };
  const tries = [
    { ...former, attempt: 1, execution: 1, after: 'failed' as const },
    { ...former, attempt: 2, execution: 1, after: 'lost' as const },
  ];
  const lines = whyPage(run({ former_tries: tries }));
  t.equal(lines.at(-1), 'Log of a former attempt: muster task logs 1 4 --attempt 2.1');
  t.match(
    lines.find((line) => line.startsWith('2.1')),
    /lost/,
  );
  t.match(whyPage(run({ former_tries: tries.slice(0, 1) })).at(-1), /--attempt 1$/);
  t.notMatch(whyPage(run()).join('\n'), '--attempt');
  t.end();
});

void t.test('shows what a schedule means, and on a terminal its slots in its own zone', async (t) => {
  const berlin = task({ timezone: 'Europe/Berlin', schedule_text: 'At 03:00' });
  const next = ['2026-11-20T02:00:00Z', '2026-06-20T01:00:00Z'];
  const look = { ...WHOLE, width: 80 };
  const lines = scheduleLines({ next, past: [] }, berlin, look, await zoneTimes('Europe/Berlin'));
  t.match(lines[1], /^2026-11-20 03:00:00 CET +upcoming/);
  t.match(lines[2], /^2026-06-20 03:00:00 CEST  upcoming/);
  t.equal(lines.at(-1), 'Schedule: 0 2 * * * (At 03:00, Europe/Berlin)');
  t.match(scheduleLines({ next, past: [] }, berlin)[1], /^2026-11-20T02:00:00Z  upcoming/);
});

void t.test('explains each reason for skipped slots once below the table', (t) => {
  for (const reason of SKIP_REASONS) {
    const lines = scheduleLines(
      { next: [TIME], past: [decision(reason), decision(reason), decision(null)] },
      task(),
    );
    t.equal(lines.filter((line) => line.startsWith(`${reason}: `)).length, 1, reason);
    t.match(lines.at(-1), /: .{15,}/);
  }
  t.equal(
    scheduleLines({ next: [TIME], past: [decision(null)] }, task()).length,
    5,
    'no explanation is shown if no slot was skipped',
  );
  t.end();
});

void t.test('shows why no more runs will start', (t) => {
  const last = (changes: Partial<Task>) => scheduleLines({ next: [], past: [] }, task(changes)).at(-1);
  const { schedule: _, ...unscheduled } = task();
  t.match(
    last({ status: 'paused' }),
    'The task is paused: nothing starts it until it is resumed (muster task resume 1) or run by hand',
  );
  t.equal(
    last({ status: 'disabled' }),
    'The task is disabled: nothing starts it until it is resumed (muster task resume 1)',
  );
  t.equal(last({}), 'The schedule has ended');
  t.equal(
    scheduleLines({ next: [], past: [] }, unscheduled).at(-1),
    'It has no schedule: run it with muster task run 1',
  );
  t.equal(
    scheduleLines({ next: [], past: [] }, { ...unscheduled, run_at: TIME }).at(-1),
    'The schedule has ended',
  );
  t.equal(
    scheduleLines({ next: [], past: [] }, { ...unscheduled, after: { tasks: [2] } }).at(-1),
    'It has no schedule: it runs after other tasks',
  );
  t.end();
});

void t.test("shows the first line of a task's program, its arguments, tags and unfinished runs", (t) => {
  const runs = (changes: Partial<Task>) => /^Runs +(.*)$/m.exec(taskPage(task(changes)).join('\n'))?.[1];
  t.equal(runs({ command: 'echo a\necho b\n' }), 'echo a … (2 lines)');
  t.equal(runs({ command: 'echo a\n' }), 'echo a');
  t.equal(runs({ executor: 'python', command: '-c', arguments: ['print(1)', 'x'] }), '-c print(1) x');
  t.equal(runs({ executor: 'http', url: 'https://example.com/', method: 'PUT' }), 'PUT https://example.com/');
  t.match(taskPage(task({ tags: ['gpu', 'eu'] })).join('\n'), /^Tags +gpu, eu$/m);
  t.match(taskPage(task()).join('\n'), /^Tags +-$/m);
  t.match(taskTable([task()])[1], /^1 +backup +active +0 2 \* \* \* +2026-01-01T02:00:00Z +2 +-$/);
  t.end();
});
