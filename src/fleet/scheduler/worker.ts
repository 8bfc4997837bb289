import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { EVENT_CATALOG } from '#domain/all-events.js';
import { isMusterError } from '#domain/kernel/errors/index.js';
import { connectEventStore } from '#src/stores/connect.js';
import { showEventLoop } from '#src/engine/metrics/index.js';
import { Scheduler } from './scheduler.js';
import type { SchedulerMessage, SchedulerOrder, SchedulerStart } from './worker-messages.js';

const METRICS_MS = 1000;
/** Under full load, commands take precedence over planning. Plans then become larger and fewer. */
const NICENESS = 10;

const { handle, directory, instance, portRange, reserves, quotas, runStarts, plans } =
  workerData as SchedulerStart;
const stopping = new AbortController();
const say = (message: SchedulerMessage): void => parentPort?.postMessage(message);

parentPort?.on('message', (order: SchedulerOrder) => {
  if (order.kind === 'stop') stopping.abort();
  else if (order.kind === 'quotas') void quotaUsage(order);
  else void dryRun(order);
});

// On Linux, this sets the priority of this thread only. Elsewhere, it would affect the whole process.
if (process.platform === 'linux') setPriority(NICENESS);
showEventLoop();
const store = await connectEventStore(handle);
const scheduler = new Scheduler({
  store,
  catalog: EVENT_CATALOG,
  clock: systemClock,
  instance,
  portRange,
  reserves,
  quotas,
  runStarts,
  plans,
  onCaughtUp: sayMetrics,
  ...(directory === undefined ? {} : { directory }),
});
const running = scheduler.run(stopping.signal);
const ended = new AbortController();
void tellMetrics();
try {
  await running;
  sayMetrics();
  say({ kind: 'stopped' });
} catch (error) {
  const failure = error instanceof Error ? error : new Error(String(error));
  say({
    kind: 'failed',
    message: failure.message,
    code: isMusterError(error) ? error.code : undefined,
    stack: failure.stack,
  });
} finally {
  ended.abort();
  await store.close();
  parentPort?.close();
}

async function tellMetrics(): Promise<void> {
  while (!ended.signal.aborted) {
    await systemClock.sleep(METRICS_MS, ended.signal);
    if (!ended.signal.aborted) sayMetrics();
  }
}

async function dryRun({
  number,
  asked,
  reached,
}: Extract<SchedulerOrder, { kind: 'dry-run' }>): Promise<void> {
  try {
    say({ kind: 'dry-run', number, run: await scheduler.dryRun(asked, reached) });
  } catch (error) {
    sayFailed(number, error);
  }
}

async function quotaUsage({
  number,
  holders,
  reached,
}: Extract<SchedulerOrder, { kind: 'quotas' }>): Promise<void> {
  try {
    say({ kind: 'quotas', number, usage: await scheduler.quotaUsage(holders, reached) });
  } catch (error) {
    sayFailed(number, error);
  }
}

function sayFailed(number: number, error: unknown): void {
  const overloaded = isMusterError(error, 'MUSTER_E_OVERLOADED') ? String(error.fields.what) : undefined;
  say({
    kind: 'dry-run-failed',
    number,
    overloaded,
    message: error instanceof Error ? error.message : String(error),
  });
}

function sayMetrics(): void {
  say({ kind: 'metrics', metrics: scheduler.metrics(), timings: scheduler.timings() });
}
