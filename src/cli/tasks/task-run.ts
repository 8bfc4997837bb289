import { systemClock } from '#agents/platform/clock/system-clock.js';
import { bodyOf, bytesOf, type Tasks } from '../shared/client.js';
import { EXIT_TIMEOUT, Failure, Refusal } from '../shared/failure.js';
import { findTask } from '../shared/lookup.js';
import { connect, type NamingOptions } from '../shared/options.js';
import { printJson, printLines, warnLine } from '../shared/output.js';
import { explainRun } from './task-reasons-view.js';
import { runPage, runTable } from './task-view.js';
import { wholeNumber } from '../shared/whole-number.js';

export interface RunTaskOptions extends NamingOptions {
  readonly wait?: boolean;
  readonly timeout: string;
}

/** Poll interval, in milliseconds. */
const INTERVAL_MS = 200;
/** How long a run waits for the same reason before the reason is printed, in milliseconds. */
const TELL_AFTER_MS = 1000;
const ENDED: ReadonlySet<string> = new Set(['success', 'failed', 'timeout', 'cancelled']);

/** Runs a task now. With `--wait`, prints the output of the run after it has ended, and exits with its exit code. */
export async function runTask(given: string, { wait, timeout, ...options }: RunTaskOptions): Promise<void> {
  const { api, format } = connect(options);
  const { id } = await findTask(api, given, options);
  let { data: run } = await bodyOf(
    api.POST('/api/tasks/{task_id}/trigger', { params: { path: { task_id: String(id) } } }),
  );
  const path = { task_id: String(id), run_id: String(run.id) };
  const until = systemClock.monotonic() + wholeNumber(timeout, '--timeout') * 1000;
  const tell = waitReporter();
  while (wait === true && !ENDED.has(run.status)) {
    tell(run);
    if (systemClock.monotonic() > until)
      throw new Failure(
        `run ${run.id} of task ${id} is still ${run.status}\nWhy: muster task why ${id} ${run.id}`,
        EXIT_TIMEOUT,
      );
    await systemClock.sleep(INTERVAL_MS);
    ({ data: run } = await bodyOf(api.GET('/api/tasks/{task_id}/runs/{run_id}', { params: { path } })));
  }
  if (format === 'json') printJson(run);
  else if (wait !== true) printLines(runTable([run]));
  else
    await printOutput(async (stream) => {
      for await (const bytes of bytesOf(
        api.GET('/api/tasks/{task_id}/runs/{run_id}/logs', {
          params: { path, query: { stream } },
          parseAs: 'stream',
        }),
      ))
        process[stream].write(bytes);
    });
  if (wait === true && run.status !== 'success') throw new Failure(runPage(run).join('\n'), exitCodeOf(run));
}

/** Prints on stderr why a run waits, once for each reason. */
function waitReporter(): (run: Tasks['TaskRun']) => void {
  let since = systemClock.monotonic();
  let reason: Tasks['TaskRun']['reason'] = null;
  let told: Tasks['TaskRun']['reason'] = null;
  return (run) => {
    const now = systemClock.monotonic();
    if (run.reason !== reason) [reason, since] = [run.reason, now];
    if (reason === null || reason === told || now - since < TELL_AFTER_MS) return;
    told = reason;
    warnLine(`run ${run.id} of task ${run.task_id} is waiting: ${explainRun(reason)}`);
  };
}

/** Prints stdout and stderr. A run that was never placed has no output. */
async function printOutput(print: (stream: 'stdout' | 'stderr') => Promise<void>): Promise<void> {
  for (const stream of ['stdout', 'stderr'] as const) {
    await print(stream).catch((error: unknown) => {
      if (!(error instanceof Refusal) || error.httpStatus !== 404) throw error;
    });
  }
}

function exitCodeOf({ exit_code: code }: Tasks['TaskRun']): number {
  return code === null || code < 1 || code > 255 ? 1 : code;
}
