import { FLOORS, type FloorName } from './floors/index.js';

/** `embedded`: everything in one process on SQLite. `production`: the production stores and messaging, each in a process of its own. */
export type BenchWiring = 'embedded' | 'production';

export interface BenchOptions {
  /** Small sizes and few runs, for a smoke test. */
  readonly quick: boolean;
  /** Runs of each row; the median counts. Very long ones take fewer. */
  readonly runs: number;
  readonly wiring: BenchWiring;
}

/** One row of the table of `design.md`, section "Speed it must reach". */
export interface Row {
  readonly name: string;
  readonly what: string;
  /** `least`: the figure must be at least `bar`; `most`: at most. */
  readonly sense: 'least' | 'most';
  /** Baseline measured in the same run. The bar is a share of it. Absent: the bar is in `unit`. */
  readonly floor?: FloorName;
  readonly bar: number;
  /** A second condition, in words. */
  readonly and?: string;
  /** Bar of a quick run, in `unit`. Far easier than `bar`, because quick runs are small and the machine may be busy. */
  readonly quickBar: number;
  readonly unit: string;
  /** Figure of Nomad, measured once on a similar machine (see `docs/benchmarks.md`). Absent: not measured, or Nomad has no equivalent. */
  readonly nomad?: number;
  /** Wirings to measure. The bar applies to the first one. Absent: only `embedded`. */
  readonly wirings?: readonly BenchWiring[];
  /** Names the prerequisite that this machine lacks, if any. Absent: the row needs only the product. */
  readonly missing?: () => string | undefined;
  measure(options: BenchOptions): Promise<Figure>;
}

export interface Figure {
  /** The figure of each run. */
  readonly runs: readonly number[];
  /** The floor's figure of each run, where the row has one. */
  readonly floors?: readonly number[];
  /** Further observations, one sentence each. */
  readonly notes: readonly string[];
  /** A second condition of the row that was not met, in words. */
  readonly broken?: string;
}

/** One cell of the table. */
export interface Outcome {
  readonly figure: Figure;
  readonly median: number;
  /** The median of the runs' shares of their floors. */
  readonly share: number | undefined;
  /** Always true for a wiring without a bar. */
  readonly passed: boolean;
}

export interface Measured {
  readonly row: Row;
  readonly outcomes: Readonly<Partial<Record<BenchWiring, Outcome>>>;
}

/** Describes the bar of a row. */
export function asked(row: Row, quick: boolean): string {
  const sense = row.sense === 'least' ? 'at least' : 'under';
  if (quick) return `${sense} ${row.quickBar.toLocaleString('en-US')} ${row.unit}`;
  const bar =
    row.floor === undefined
      ? `${row.bar.toLocaleString('en-US')} ${row.unit}`
      : `${row.bar} of (${row.floor})`;
  return `${sense} ${bar}${row.and === undefined ? '' : `, ${row.and}`}`;
}

/** Describes the floors of the rows, one sentence each. */
export function floorsOf(rows: readonly Row[]): readonly string[] {
  const named = rows.flatMap(({ floor }) => floor ?? []);
  const shown = named.includes('b') ? ['a' as const, ...named] : named;
  return [...new Set(shown)].sort().map((name) => `(${name}) ${FLOORS[name]}`);
}

/** Returns the wirings of a row. The bar applies to the first one. */
export function wiringsOf({ wirings = ['embedded'] }: Row): readonly BenchWiring[] {
  return wirings;
}

export function judge(
  row: Row,
  figure: Figure,
  { quick, wiring }: Pick<BenchOptions, 'quick' | 'wiring'>,
): Outcome {
  const middle = median(figure.runs);
  const share =
    figure.floors === undefined
      ? undefined
      : median(figure.runs.map((run, index) => run / (figure.floors?.[index] ?? Number.NaN)));
  const judged = quick || row.floor === undefined ? middle : (share ?? Number.NaN);
  const bar = quick ? row.quickBar : row.bar;
  const reached = row.sense === 'least' ? judged >= bar : judged <= bar;
  return {
    figure,
    median: middle,
    share,
    passed: wiring !== wiringsOf(row)[0] || (reached && (quick || figure.broken === undefined)),
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length === 0
    ? Number.NaN
    : sorted.length % 2 === 1
      ? (sorted[Math.floor(middle)] ?? Number.NaN)
      : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** Returns a quantile of sorted values. `q`: 0 to 1. */
export function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))] ?? Number.NaN;
}

export function number(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toFixed(value >= 10 ? 1 : 2);
}
