import type { Tasks } from '../shared/client.js';
import { fieldLines, printable } from '../shared/output.js';
import { listLines, type ListView } from '../shared/list.js';
import { statusColumn, tableLines, timeColumn, wideColumn, type Look } from '../shared/table.js';
import { explainRun, explainSkips } from './task-reasons-view.js';

type Task = Tasks['ScheduledTask'];
type Run = Tasks['TaskRunOrSlot'];

/** Does not compile if it lacks a status of the OpenAPI description. */
const TASK_STATUSES: Readonly<Record<Task['status'], true>> = { active: true, paused: true, disabled: true };

export const TASK_LIST: ListView<Task> = {
  headings: [
    'TASK',
    'NAME',
    statusColumn('STATUS'),
    'SCHEDULE',
    timeColumn('NEXT RUN'),
    wideColumn('UNFINISHED'),
    'LAST RUN',
  ],
  row: (task) => [
    String(task.id),
    task.name,
    task.status,
    task.schedule ?? '-',
    task.next_run_at ?? '-',
    String(task.unfinished_runs),
    lastRun(task),
  ],
  name: ({ name }) => name,
  statuses: Object.keys(TASK_STATUSES),
};

export function taskTable(tasks: readonly Task[], look?: Look): string[] {
  return listLines(TASK_LIST, tasks, look);
}

export function taskPage(task: Task): string[] {
  return fieldLines([
    ['Task', String(task.id)],
    ['Name', task.name],
    ['Status', task.status],
    ['Executor', task.executor],
    ['Runs', firstLine(workOf(task))],
    ['Schedule', task.schedule === undefined ? '-' : scheduleText(task)],
    ...(task.zone_data === undefined ? [] : [['Zone data', task.zone_data] as const]),
    [
      'After',
      task.after === undefined
        ? '-'
        : `${task.after.on ?? 'success'} of ${task.after.tasks.map((each) => `task ${each}`).join(', ')}`,
    ],
    ['Notifies', task.notify === undefined ? '-' : `${task.notify.url} of ${notifiedOf(task.notify)}`],
    ['Concurrency', task.concurrency],
    ...(task.start_within_seconds === undefined
      ? []
      : [['Starts within', `${task.start_within_seconds} s, or expires`] as const]),
    ['Tags', task.tags === undefined || task.tags.length === 0 ? '-' : task.tags.join(', ')],
    ['Next run', task.next_run_at ?? '-'],
    ['Last run', lastRun(task)],
    ['Unfinished', String(task.unfinished_runs)],
    ['Retries', String(task.retry_count)],
    ['Timeout', `${task.timeout_seconds} s`],
  ]);
}

function workOf({ url, method, command, arguments: words = [] }: Task): string {
  return url === undefined ? [command ?? '-', ...words].join(' ') : `${method ?? 'GET'} ${url}`;
}

function firstLine(text: string): string {
  const [first = '', ...others] = text.trim().split('\n');
  return others.length === 0 ? first : `${first} … (${others.length + 1} lines)`;
}

function lastRun({ last_run: last }: Task): string {
  return last === null ? '-' : `${last.id} ${last.status} ${last.finished_at}`;
}

export function runTable(runs: readonly Run[], look?: Look): string[] {
  return tableLines(
    [
      'RUN',
      statusColumn('STATUS'),
      'TRIGGER',
      timeColumn('SLOT'),
      'ATTEMPT',
      timeColumn('STARTED'),
      'SECONDS',
      'EXIT',
      'REASON',
    ],
    runs.map((run) =>
      run.status === 'skipped'
        ? ['-', run.status, run.trigger, run.slot ?? '-', '-', '-', '-', '-', run.reason ?? '-']
        : [
            String(run.id),
            run.status,
            run.trigger,
            run.slot ?? '-',
            `${run.attempt}/${run.attempts}`,
            run.started_at ?? '-',
            textOf(run.duration_seconds),
            textOf(run.exit_code),
            run.reason ?? '-',
          ],
    ),
    look,
  );
}

export function runPage(run: Tasks['TaskRun'], look?: Look): string[] {
  const tries = run.former_tries.map((each) => [
    attemptName(each),
    each.after,
    each.worker ?? '-',
    each.started_at ?? '-',
    each.finished_at ?? '-',
    textOf(each.exit_code),
    each.message ?? '-',
  ]);
  return [
    ...fieldLines([
      ['Run', `${run.id} of task ${run.task_id}`],
      ['Status', run.status],
      ['Reason', explainRun(run.reason)],
      ['Message', run.message ?? '-'],
      ['Trigger', run.trigger],
      ['After', startOf(run)],
      ['Slot', run.slot ?? '-'],
      ['Attempt', `${run.attempt} of ${run.attempts}`],
      ['Worker', run.worker ?? '-'],
      ['Due', run.due_at],
      ['Started', run.started_at ?? '-'],
      ['Finished', run.finished_at ?? '-'],
      ['Exit code', textOf(run.exit_code)],
      [
        'Memory',
        run.memory_peak_mb === null
          ? '-'
          : `${run.memory_peak_mb} MiB peak, ${textOf(run.memory_average_mb)} on average`,
      ],
      ['Processor', run.cpu_seconds === null ? '-' : `${run.cpu_seconds} s`],
    ]),
    ...(tries.length === 0
      ? []
      : [
          '',
          ...tableLines(
            ['ATTEMPT', 'ENDED', 'WORKER', timeColumn('STARTED'), timeColumn('FINISHED'), 'EXIT', 'MESSAGE'],
            tries,
            look,
          ),
        ]),
  ];
}

/** Returns the name by which `--attempt` selects a former attempt. A lost attempt is executed again with the same number. */
function attemptName({ attempt, execution, after }: Tasks['TaskRunTry']): string {
  return after === 'lost' ? `${attempt}.${execution}` : String(attempt);
}

function formerLogs({ task_id: task, id, former_tries: tries }: Tasks['TaskRun']): string[] {
  const last = tries.findLast(({ worker }) => worker !== null);
  if (last === undefined) return [];
  return ['', `Log of a former attempt: muster task logs ${task} ${id} --attempt ${attemptName(last)}`];
}

export function noticeTable(notices: readonly Tasks['TaskNotice'][], look?: Look): string[] {
  return tableLines(
    ['NOTICE', 'EVENT', 'SUBJECT', statusColumn('STATUS'), 'ATTEMPT', timeColumn('DUE'), 'REASON', 'MESSAGE'],
    notices.map((each) => [
      String(each.id),
      each.on,
      each.slot !== null
        ? `${each.slot} to ${each.until ?? '-'}`
        : each.run_id === null
          ? '-'
          : `run ${each.run_id}`,
      each.status,
      `${each.attempt}/${each.attempts}`,
      each.due_at,
      each.reason ?? '-',
      each.message ?? '-',
    ]),
    look,
  );
}

const SHOWN_LINES = 10;

export function whyPage(run: Tasks['TaskRun'], look?: Look): string[] {
  const lines = (run.output ?? '').trimEnd().split('\n');
  const page = [...runPage(run, look), ...formerLogs(run)];
  if (lines.join('') === '') return page;
  return [
    ...page,
    '',
    'Last output:',
    ...lines.slice(-SHOWN_LINES).map((line) => `  | ${printable(line)}`),
    `Full log: muster task logs ${run.task_id} ${run.id}`,
  ];
}

function scheduleText(task: Pick<Task, 'schedule' | 'schedule_text' | 'timezone'>): string {
  return `${task.schedule} (${task.schedule_text ?? 'cron'}, ${task.timezone})`;
}

/** Lists past decisions and upcoming slots, then explains the reason codes. `time` formats slots. Default: in UTC. */
export function scheduleLines(
  { next, past, ...clock }: Pick<Tasks['TaskSchedule'], 'next' | 'past' | 'clock_went_back'>,
  task: Timed,
  look?: Look,
  time?: (at: number) => string,
): string[] {
  const at = (slot: string): string => time?.(Date.parse(slot)) ?? slot;
  const decided = [...past]
    .reverse()
    .map((each) => [
      each.until === null || each.until === each.slot
        ? at(each.slot)
        : `${at(each.slot)} to ${at(each.until)}${each.count === null ? '' : ` (${each.count})`}`,
      each.decision,
      each.reason ?? '-',
      textOf(each.run_id),
      startOf(each),
    ]);
  const table = tableLines(
    ['SLOT', 'DECISION', 'REASON', 'RUN', 'AFTER'],
    [...decided, ...next.map((slot) => [at(slot), 'upcoming', '-', '-', '-'])],
    look,
  );
  const meant = [
    ...(task.schedule === undefined ? [] : [`Schedule: ${scheduleText(task)}`]),
    ...explainSkips(past.map(({ reason }) => reason)),
    ...nothingToCome(next, task),
    ...clockLines(clock),
  ];
  return meant.length === 0 ? table : [...table, '', ...meant];
}

/** Warns if the server's clock was set back, and explains what this means for the task. */
export function clockLines({
  clock_went_back: clock,
}: Pick<Tasks['TaskSchedule'], 'clock_went_back'>): string[] {
  if (clock === undefined) return [];
  return [
    `The server clock was set back: at ${clock.at}, slots up to ${clock.decided_until} were already decided.`,
    'Slots that have already run are not run again; the others are decided when they are due.',
  ];
}

type Timed = Pick<Task, 'id' | 'status' | 'schedule' | 'schedule_text' | 'timezone' | 'run_at' | 'after'>;

function nothingToCome(
  next: readonly string[],
  { id, status, schedule, run_at: once, after }: Timed,
): string[] {
  if (next.length > 0) return [];
  if (status !== 'active')
    return [
      `The task is ${status}: nothing starts it until it is resumed (muster task resume ${id})${status === 'paused' ? ' or run by hand' : ''}`,
    ];
  if (schedule !== undefined || once !== undefined) return ['The schedule has ended'];
  if (after !== undefined) return ['It has no schedule: it runs after other tasks'];
  return [`It has no schedule: run it with muster task run ${id}`];
}

/** Returns the result for each slot of a backfill, in order. */
export function backfillLines(
  { runs, left_out: leftOut }: Tasks['TaskBackfillResult'],
  look?: Look,
): string[] {
  const lines = [
    ...runs.map(({ slot, run_id: run }) => [slot, 'run', '-', String(run)]),
    ...leftOut.map(({ slot, reason }) => [slot, 'left out', reason, '-']),
  ];
  return tableLines(
    ['SLOT', 'DECISION', 'REASON', 'RUN'],
    lines.sort(([a = ''], [b = '']) => (a < b ? -1 : 1)),
    look,
  );
}

function startOf({ after }: Pick<Tasks['TaskRun'], 'after'>): string {
  return after === undefined ? '-' : `run ${after.run_id} of task ${after.task_id}`;
}

function textOf(value: number | null | undefined): string {
  return value === null || value === undefined ? '-' : String(value);
}

function notifiedOf({ on, waiting_seconds: seconds }: NonNullable<Task['notify']>): string {
  return [...on, ...(seconds === undefined ? [] : [`waiting for ${seconds} s`])].join(', ');
}
