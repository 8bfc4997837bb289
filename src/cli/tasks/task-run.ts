import { systemClock } from '#agents/platform/clock/system-clock.js';
import { bodyOf, bytesOf, type Api, type Tasks } from '../shared/client.js';
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
  readonly env?: readonly string[];
}

/** Poll interval, in milliseconds. */
const INTERVAL_MS = 200;
/** How long a run waits for the same reason before the reason is printed, in milliseconds. */
const TELL_AFTER_MS = 1000;
const ENDED: ReadonlySet<string> = new Set(['success', 'failed', 'timeout', 'cancelled']);

/** Runs a task now. `words` replace the arguments of a Python task. */
export async function runTask(
  given: string,
  words: readonly string[],
  options: RunTaskOptions,
): Promise<void> {
  const body = {
    ...(options.env !== undefined && { environment: environmentOf(options.env) }),
    ...(words.length > 0 && { arguments: [...words] }),
  };
  await awaitRun(options, async (api) => {
    const { id } = await findTask(api, given, options);
    const params = { path: { task_id: String(id) } };
    return await bodyOf(api.POST('/api/tasks/{task_id}/trigger', { params, body }));
  });
}

/** Repeats a run. */
export async function rerunTask(
  options: RunTaskOptions,
  find: (api: Api) => Promise<{ readonly task_id: string; readonly run_id: string }>,
): Promise<void> {
  await awaitRun(options, async (api) => {
    const params = { path: await find(api) };
    return await bodyOf(api.POST('/api/tasks/{task_id}/runs/{run_id}/rerun', { params }));
  });
}

function environmentOf(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const place = pair.indexOf('=');
      if (place < 1) throw new Failure(`-e ${pair}: must be NAME=value`);
      return [pair.slice(0, place), pair.slice(place + 1)];
    }),
  );
}

/** Prints the run that `begin` creates. With `--wait`, prints its output after it has ended, and exits with its exit code. */
async function awaitRun(
  { wait, timeout, ...options }: RunTaskOptions,
  begin: (api: Api) => Promise<{ readonly data: Tasks['TaskRun'] }>,
): Promise<void> {
  const { api, format } = connect(options);
  let { data: run } = await begin(api);
  const { task_id: id } = run;
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
