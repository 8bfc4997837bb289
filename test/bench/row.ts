import { FLOORS, type FloorName } from './floors/index.js';

/** How a row is measured. */
/** What runs: everything in one process on SQLite, or the stores and the messaging of production in processes of their own. */
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
  /** What stands below the figure, measured in the same run: the bar is a share of it. Absent: the bar is in `unit`. */
  readonly floor?: FloorName;
  readonly bar: number;
  /** A second condition, in words. */
  readonly and?: string;
  /** What a quick run (smaller, on a busy machine) must reach, in `unit`: far off the bar on purpose. */
  readonly quickBar: number;
  readonly unit: string;
  /** What Nomad reached, measured once on a machine like ours (`docs/benchmarks.md` says how). Absent: it was not measured, or does nothing like it. */
  readonly nomad?: number;
  /** The wirings that it makes sense for. The bar is the embedded one's, unless there is no other. Absent: embedded alone. */
  readonly wirings?: readonly BenchWiring[];
  /** What it needs beyond the product and this machine lacks, if anything. Absent: nothing. */
  readonly missing?: () => string | undefined;
  measure(options: BenchOptions): Promise<Figure>;
}

export interface Figure {
  /** The figure of each run. */
  readonly runs: readonly number[];
  /** The floor's figure of each run, where the row has one. */
  readonly floors?: readonly number[];
  /** What else was seen, a sentence each. */
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
  /** Of a wiring without a bar: always. */
  readonly passed: boolean;
}

export interface Measured {
  readonly row: Row;
  readonly outcomes: Readonly<Partial<Record<BenchWiring, Outcome>>>;
}

/** What a row asks for, in words. */
export function asked(row: Row, quick: boolean): string {
  const sense = row.sense === 'least' ? 'at least' : 'under';
  if (quick) return `${sense} ${row.quickBar.toLocaleString('en-US')} ${row.unit}`;
  const bar =
    row.floor === undefined
      ? `${row.bar.toLocaleString('en-US')} ${row.unit}`
      : `${row.bar} of (${row.floor})`;
  return `${sense} ${bar}${row.and === undefined ? '' : `, ${row.and}`}`;
}

/** The floors that rows name, a sentence each. */
export function floorsOf(rows: readonly Row[]): readonly string[] {
  const named = rows.flatMap(({ floor }) => floor ?? []);
  const shown = named.includes('b') ? ['a' as const, ...named] : named;
  return [...new Set(shown)].sort().map((name) => `(${name}) ${FLOORS[name]}`);
}

/** The wirings of a row, the one that has the bar first. */
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

/** The value below which a share `q` of the sorted values lies. */
export function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))] ?? Number.NaN;
}

export function number(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toFixed(value >= 10 ? 1 : 2);
}
