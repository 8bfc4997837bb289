import { collectDefaultMetrics, Registry } from 'prom-client';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { DurationsSnapshot } from './durations.js';

/** Label values. They must never come from users: monitoring systems store each combination forever. */
export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  readonly value: number;
  readonly labels?: Labels;
}

/** Called at each scrape, and never in between. */
export type Read<Result> = () => Iterable<Result> | Promise<Iterable<Result>>;

interface Value extends Sample {
  readonly metricName?: string;
}

/** Timeout of a single metric: a store that does not respond must not block the others. */
const READ_TIMEOUT_MS = 1_000;

/**
 * The metrics of this process, in their own registry. Nothing is counted twice: values are read from the parts at each scrape, so a process that is
 * not scraped pays nothing. Unavailable metrics are left out, and counted in `muster_metrics_unread`.
 */
export class Metrics {
  readonly #registry = new Registry();
  readonly #clock: Pick<Clock, 'sleep'>;
  #unread = 0;
  #underWay: Promise<string> | undefined;

  constructor(clock: Pick<Clock, 'sleep'>) {
    this.#clock = clock;
    collectDefaultMetrics({ register: this.#registry });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  gauge(name: string, help: string, read: Read<Sample>): void {
    this.#add(name, help, 'gauge', read);
  }

  /** Adds a value that only grows while the process lives; `name` ends in `_total`. */
  counter(name: string, help: string, read: Read<Sample>): void {
    this.#add(name, help, 'counter', read);
  }

  /** Adds histograms of durations; `name` ends in `_seconds`. */
  durations(
    name: string,
    help: string,
    read: Read<{ readonly labels?: Labels; readonly snapshot: DurationsSnapshot }>,
  ): void {
    this.#add(name, help, 'histogram', async () =>
      [...(await read())].flatMap(({ labels = {}, snapshot }) => histogramLines(name, labels, snapshot)),
    );
  }

  /** The text of `/metrics`. Concurrent requests share one lookup, so endless requests cost no more than one lookup at a time. */
  text(): Promise<string> {
    this.#underWay ??= this.#look().finally(() => (this.#underWay = undefined));
    return this.#underWay;
  }

  async #look(): Promise<string> {
    this.#unread = 0;
    const text = await this.#registry.metrics();
    return `${text}\n# HELP muster_metrics_unread Figures left out of this answer, because they could not be found out in time.\n# TYPE muster_metrics_unread gauge\nmuster_metrics_unread ${this.#unread}\n`;
  }

  #add(name: string, help: string, type: 'gauge' | 'counter' | 'histogram', read: Read<Value>): void {
    const family = {
      name,
      help,
      type,
      aggregator: 'sum',
      get: async () => ({ name, help, type, values: await this.#values(read) }),
    };
    // The registry uses only `name` and `get`, though its type requires prom-client's own classes.
    this.#registry.registerMetric(family as never);
  }

  async #values(read: Read<Value>): Promise<readonly Value[]> {
    const late = new AbortController();
    try {
      const patience = this.#clock.sleep(READ_TIMEOUT_MS, late.signal).then(() => undefined);
      const values = await Promise.race([(async () => [...(await read())])(), patience]);
      if (values !== undefined) return values;
    } catch {
      // The metric is left out, as after a timeout.
    } finally {
      late.abort();
    }
    this.#unread += 1;
    return [];
  }
}

function histogramLines(name: string, labels: Labels, { bounds, counts, sum }: DurationsSnapshot): Value[] {
  const lines: Value[] = [];
  let total = 0;
  counts.forEach((count, bucket) => {
    total += count;
    lines.push({
      metricName: `${name}_bucket`,
      labels: { ...labels, le: String(bounds[bucket] ?? '+Inf') },
      value: total,
    });
  });
  lines.push(
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: total },
  );
  return lines;
}
