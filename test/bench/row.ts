/** How a row is measured. */
export interface BenchOptions {
  /** Small sizes and few runs, for a smoke test. */
  readonly quick: boolean;
  /** Runs of each row; the median counts. Very long ones take fewer. */
  readonly runs: number;
}

/** One row of the table of `design.md`, section "Speed it must reach". */
export interface Row {
  readonly name: string;
  readonly what: string;
  /** `least`: the figure must be at least `bar`; `most`: at most. */
  readonly sense: 'least' | 'most';
  readonly bar: number;
  /** What a quick run (smaller, on a busy machine) must reach: far off the bar on purpose. */
  readonly floor: number;
  readonly unit: string;
  measure(options: BenchOptions): Promise<Figure>;
}

export interface Figure {
  /** The figure of each run. */
  readonly runs: readonly number[];
  /** What else was seen, a sentence each. */
  readonly notes: readonly string[];
  /** A second condition of the row that was not met, in words. */
  readonly broken?: string;
}

export interface Measured {
  readonly row: Row;
  readonly figure: Figure;
  readonly median: number;
  readonly passed: boolean;
}

export function judge(row: Row, figure: Figure, quick: boolean): Measured {
  const middle = median(figure.runs);
  const bar = quick ? row.floor : row.bar;
  const reached = row.sense === 'least' ? middle >= bar : middle <= bar;
  return { row, figure, median: middle, passed: reached && (quick || figure.broken === undefined) };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length === 0 ? Number.NaN : sorted.length % 2 === 1 ? (sorted[Math.floor(middle)] ?? Number.NaN) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** The value below which a share `q` of the sorted values lies. */
export function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))] ?? Number.NaN;
}

export function number(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toFixed(value >= 10 ? 1 : 2);
}
