import { collectDefaultMetrics, Registry } from 'prom-client';
import type { Clock } from '#domain/ports/clock.js';
import type { DurationsSnapshot } from './durations.js';

/** Values of labels. Nothing that a user sends may be one: each combination is kept for ever by who collects them. */
export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  readonly value: number;
  readonly labels?: Labels;
}

/** Asked at each scrape, and never in between. */
export type Read<Result> = () => Iterable<Result> | Promise<Iterable<Result>>;

/** A line of the text, as prom-client's registry writes it. */
interface Value extends Sample {
  readonly metricName?: string;
}

/** How long one figure may take to be found: a store that does not answer must not keep the others from being told. */
const PATIENCE_MS = 1_000;

/**
 * The figures of this process, in a registry of its own. Nothing is counted twice: what the parts know already is asked of them when
 * somebody scrapes, so that who is not scraped pays nothing. A figure that cannot be had is left out, and counted in `muster_metrics_unread`.
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

  /** What only rises while the process lives; `name` ends in `_total`. */
  counter(name: string, help: string, read: Read<Sample>): void {
    this.#add(name, help, 'counter', read);
  }

  /** Histograms of durations; `name` ends in `_seconds`. */
  durations(name: string, help: string, read: Read<{ readonly labels?: Labels; readonly snapshot: DurationsSnapshot }>): void {
    this.#add(name, help, 'histogram', async () => [...(await read())].flatMap(({ labels = {}, snapshot }) => histogramLines(name, labels, snapshot)));
  }

  /** The text of `/metrics`. However many ask at once, the figures are looked up once: asking without end costs no more than one look at a time. */
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
    const family = { name, help, type, aggregator: 'sum', get: async () => ({ name, help, type, values: await this.#values(read) }) };
    // The registry asks for no more than `name` and `get`; its type asks for prom-client's own classes.
    this.#registry.registerMetric(family as never);
  }

  async #values(read: Read<Value>): Promise<readonly Value[]> {
    const late = new AbortController();
    try {
      const patience = this.#clock.sleep(PATIENCE_MS, late.signal).then(() => undefined);
      const values = await Promise.race([(async () => [...(await read())])(), patience]);
      if (values !== undefined) return values;
    } catch {
      // Left out, as what does not come in time.
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
    lines.push({ metricName: `${name}_bucket`, labels: { ...labels, le: String(bounds[bucket] ?? '+Inf') }, value: total });
  });
  lines.push({ metricName: `${name}_sum`, labels, value: sum }, { metricName: `${name}_count`, labels, value: total });
  return lines;
}
