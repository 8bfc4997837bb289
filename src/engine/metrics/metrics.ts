import { collectDefaultMetrics, Registry } from 'prom-client';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { DurationsSnapshot } from './durations.js';

/** Label values. They must never come from users, because monitoring systems store each combination forever. */
export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  readonly value: number;
  readonly labels?: Labels;
}

/** Called at each scrape, and only then. */
export type Read<Result> = () => Iterable<Result> | Promise<Iterable<Result>>;

interface Value extends Sample {
  readonly metricName?: string;
}

/** Timeout of a single metric: a store that does not respond must not block other metrics. */
const READ_TIMEOUT_MS = 1_000;

/**
 * The metrics of this process, in a separate registry. Values are read from their sources at each scrape, so a process that is not scraped has no
 * costs. Unavailable metrics are omitted and counted in `muster_metrics_unread`.
 */
export class Metrics {
  readonly #registry = new Registry();
  readonly #clock: Pick<Clock, 'sleep'>;
  readonly #reads = new Map<string, Read<Value>[]>();
  #unread = 0;
  #underWay: Promise<string> | undefined;

  constructor(clock: Pick<Clock, 'sleep'>) {
    this.#clock = clock;
    collectDefaultMetrics({ register: this.#registry });
    // Only counters may end in `_total` (promtool check metrics). These gauges are the sums of others, such as nodejs_active_handles.
    for (const { name, type } of this.#registry.getMetricsAsArray())
      if (name.endsWith('_total') && String(type) !== 'counter') this.#registry.removeSingleMetric(name);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  gauge(name: string, help: string, read: Read<Sample>): void {
    this.#add(name, help, 'gauge', read);
  }

  counter(name: string, help: string, read: Read<Sample>): void {
    this.#add(name, help, 'counter', read);
  }

  durations(
    name: string,
    help: string,
    read: Read<{ readonly labels?: Labels; readonly snapshot: DurationsSnapshot }>,
  ): void {
    this.#add(name, help, 'histogram', async () =>
      [...(await read())].flatMap(({ labels = {}, snapshot }) => histogramLines(name, labels, snapshot)),
    );
  }

  text(): Promise<string> {
    this.#underWay ??= this.#look().finally(() => (this.#underWay = undefined));
    return this.#underWay;
  }

  async #look(): Promise<string> {
    this.#unread = 0;
    const text = await this.#registry.metrics();
    return `${text}\n# HELP muster_metrics_unread Metrics left out of this response because they could not be read in time.\n# TYPE muster_metrics_unread gauge\nmuster_metrics_unread ${this.#unread}\n`;
  }

  #add(name: string, help: string, type: 'gauge' | 'counter' | 'histogram', read: Read<Value>): void {
    const known = this.#reads.get(name);
    if (known !== undefined) {
      known.push(read);
      return;
    }
    const reads = [read];
    this.#reads.set(name, reads);
    const family = {
      name,
      help,
      type,
      aggregator: 'sum',
      get: async () => ({
        name,
        help,
        type,
        values: (await Promise.all(reads.map((each) => this.#values(each)))).flat(),
      }),
    };
    this.#registry.registerMetric(family as never);
  }

  async #values(read: Read<Value>): Promise<readonly Value[]> {
    const late = new AbortController();
    try {
      const patience = this.#clock.sleep(READ_TIMEOUT_MS, late.signal).then(() => undefined);
      const values = await Promise.race([(async () => [...(await read())])(), patience]);
      if (values !== undefined) return values;
    } catch {
      // The metric is omitted, as it is after a timeout.
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
