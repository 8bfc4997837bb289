import { systemClock } from '#agents/platform/clock/system-clock.js';
import { slotsAfter } from '#domain/tasks/schedule/index.js';
import { scheduleOf } from '#domain/tasks/task/index.js';
import { readText } from '../files/read-text.js';
import { refuseFile } from '../files/refused-file.js';
import { fieldOf, schemaProblems } from '../files/schema-problems.js';
import { connect, type RemoteOptions } from '../shared/options.js';
import { printJson, printLines, warnLine } from '../shared/output.js';
import { wholeNumber } from '../shared/whole-number.js';
import { readCrontab, type CrontabTask } from './crontab.js';
import { createTasks } from './task-create.js';
import { taskTable } from './task-view.js';

/** Number of times shown for each task. */
const TIMES = 3;

export interface ImportOptions extends RemoteOptions {
  readonly system?: boolean;
  readonly timezone?: string;
  readonly apply?: boolean;
  readonly timeoutSeconds?: string;
}

/** Shows or creates the tasks that a crontab would become. `-` is standard input. */
export async function importCrontab(
  file: string,
  {
    system: isSystem = false,
    timezone = ownZone(),
    apply = false,
    timeoutSeconds,
    ...options
  }: ImportOptions,
): Promise<void> {
  const { api, format, look } = connect(options);
  const { tasks, notes, problems } = readCrontab(await readText(file), {
    isSystem,
    timezone,
    ...(timeoutSeconds !== undefined && {
      timeoutSeconds: wholeNumber(timeoutSeconds, '--timeout-seconds'),
    }),
  });
  const refused = [...problems, ...(await bodyProblems(tasks))].sort((one, other) => one.line - other.line);
  if (refused.length > 0)
    refuseFile(
      file,
      refused.map(({ line, text }) => `${file}:${line}: ${text}`),
    );
  for (const { line, text } of notes) warnLine(`${file}:${line}: ${text}`);
  if (apply) {
    const created = await createTasks(
      api,
      tasks.map(({ body }) => body),
    );
    return format === 'json' ? printJson(created) : printLines(taskTable(created, look));
  }
  const now = systemClock.now();
  const planned = tasks.map(({ body }) => ({ ...body, next: nextTimes(body, now) }));
  if (format === 'json') return printJson(planned);
  printLines([
    ...planned.flatMap(({ name, schedule, timezone: zone = 'UTC', command, next, ...body }) => [
      name,
      `  schedule  ${schedule} (${zone})`,
      ...command.split('\n').map((line, index) => `  ${index === 0 ? 'command ' : '        '}  ${line}`),
      `  next      ${next.map((time) => wallTime(time, zone)).join(', ')}`,
      ...(body.working_directory === undefined ? [] : [`  directory ${body.working_directory}`]),
      `  limit     ${body.timeout_seconds} s`,
    ]),
    '',
    `${planned.length} ${planned.length === 1 ? 'task' : 'tasks'} to create; create with --apply`,
  ]);
}

async function bodyProblems(tasks: readonly CrontabTask[]): Promise<{ line: number; text: string }[]> {
  const { taskBody, scheduleProblems } = await (await import('#src/surfaces/tasks/index.js')).taskBodies();
  return tasks.flatMap(({ line, body }) =>
    [...schemaProblems(taskBody, body), ...scheduleProblems(body)].map((each) => ({
      line,
      text: `${fieldOf(each)}: ${each.problem}`,
    })),
  );
}

/** Returns the next times of a task that has no problems, in RFC 3339. */
function nextTimes(
  { schedule, timezone = 'UTC', concurrency, misfire }: CrontabTask['body'],
  now: number,
): string[] {
  const read = scheduleOf({
    pattern: schedule,
    timezone,
    concurrency,
    misfire,
    jitterSeconds: 0,
  });
  const times: string[] = [];
  if ('problem' in read) return times;
  for (const slot of slotsAfter(read, now)) {
    times.push(new Date(slot).toISOString());
    if (times.length === TIMES) break;
  }
  return times;
}

function wallTime(time: string, timeZone: string): string {
  // Swedish writes times as ISO 8601 does.
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  return format.format(new Date(time));
}

function ownZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
