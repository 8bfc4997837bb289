import { monitorEventLoopDelay, performance, type Histogram } from 'node:perf_hooks';
import { parentPort, type Worker } from 'node:worker_threads';
import type { Metrics, Sample } from './metrics.js';

/** Interval, in milliseconds, at which event loops are checked for delays. Each check wakes its thread. */
const RESOLUTION_MS = 50;

interface Thread {
  readonly name: string;
  /** A histogram whose memory is shared with the thread. Undefined before the thread's first message. */
  delay: Histogram | undefined;
  readonly utilization: () => number;
}

interface Hello {
  readonly kind: 'event-loop';
  readonly delay: Histogram;
}

const threads = new Set<Thread>();
const listeners = new Set<(name: string, worker: Worker) => void>();
let own: ReturnType<typeof monitorEventLoopDelay> | undefined;

/** Must be called once in a worker that {@link watchThread} observes. Sends one message. */
export function showEventLoop(): void {
  own = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  own.enable();
  // The receiver's histogram shares its memory with this one.
  parentPort?.postMessage({ kind: 'event-loop', delay: own } satisfies Hello);
}

export function onThread(listener: (name: string, worker: Worker) => void): void {
  listeners.add(listener);
}

export function watchThread(name: string, worker: Worker): void {
  const namesakes = [...threads].filter(
    (thread) => thread.name === name || thread.name.startsWith(`${name}-`),
  ).length;
  const thread: Thread = {
    name: namesakes === 0 ? name : `${name}-${namesakes + 1}`,
    delay: undefined,
    utilization: utilizationOf(worker.performance),
  };
  threads.add(thread);
  for (const listener of listeners) listener(thread.name, worker);
  worker.on('message', (message: Hello | { readonly kind: unknown }) => {
    if (message.kind === 'event-loop') thread.delay = (message as Hello).delay;
  });
  worker.once('exit', () => threads.delete(thread));
}

/** Adds metrics for the delay and utilization of every event loop of this process since the last scrape. */
export function threadMetrics(metrics: Metrics): void {
  own ??= monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  own.enable();
  const main: Thread = { name: 'main', delay: own, utilization: utilizationOf(performance) };
  const each = (value: (thread: Thread) => number | undefined): Sample[] =>
    [main, ...threads].flatMap((thread) => {
      const found = value(thread);
      return found === undefined ? [] : [{ labels: { thread: thread.name }, value: found }];
    });

  metrics.gauge(
    'muster_event_loop_delay_p99_seconds',
    'Event loop delay of a thread, 99th percentile since the last scrape.',
    () =>
      each(({ delay }) =>
        delay === undefined || delay.count === 0 ? undefined : lateness(delay.percentile(99)),
      ),
  );
  metrics.gauge(
    'muster_event_loop_delay_max_seconds',
    'Event loop delay of a thread, maximum since the last scrape.',
    () =>
      each(({ delay }) => {
        if (delay === undefined || delay.count === 0) return undefined;
        const longest = lateness(delay.max);
        delay.reset();
        return longest;
      }),
  );
  metrics.gauge(
    'muster_event_loop_utilization_ratio',
    'Share of the time since the last scrape that a thread was busy; near 1, it is saturated.',
    () => each(({ utilization }) => utilization()),
  );
}

/** Returns the delay in seconds. The histogram contains the nanoseconds between two checks. */
function lateness(nanoseconds: number): number {
  return Math.max(0, nanoseconds / 1e9 - RESOLUTION_MS / 1000);
}

function utilizationOf(of: Pick<typeof performance, 'eventLoopUtilization'>): () => number {
  let before = of.eventLoopUtilization();
  return () => {
    const now = of.eventLoopUtilization();
    const { utilization } = of.eventLoopUtilization(now, before);
    before = now;
    return utilization;
  };
}
