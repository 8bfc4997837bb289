import type { FileReport, Tally } from './tally.js';

/** Number of slowest files that are listed at the end. */
const SLOWEST = 20;

/** Number of files between two progress lines. */
const PROGRESS = 50;

/** Lines shown from the beginning and from the end of each failure in the summary, which is all that is visible of a long run. */
const FEW = 30;

/** A run fails if this number of files, or more, passed only when they were run again. */
const MANY_FLAKY = 3;

/** What became of a file, for `test-results.json`. */
export interface FileResult {
  readonly file: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** Whether it failed first and passed when it was run again. */
  readonly flaky: boolean;
  readonly seconds: number;
  readonly processorSeconds: number;
}

/** Prints and counts the results of a run. */
export class Outcomes {
  #all: FileReport[] = [];
  /** First reports of files that are run again, by file. */
  readonly #first = new Map<string, FileReport>();
  readonly #began = performance.now();

  /** @param expected Number of files in the run. */
  constructor(private readonly expected: number) {}

  get total(): Tally {
    const total = { passed: 0, failed: 0, skipped: 0 };
    for (const { tally } of this.#all)
      for (const each of ['passed', 'failed', 'skipped'] as const) total[each] += tally[each];
    if (this.#flaky().length >= MANY_FLAKY) total.failed += 1;
    return total;
  }

  /** Returns the names of files that failed. */
  failedFiles(): ReadonlySet<string> {
    return new Set(this.#all.filter(({ tally }) => tally.failed > 0).map(({ file }) => file));
  }

  /** Forgets a failed file, because it is run again. The next report decides what became of it. */
  runAgain(file: string): void {
    const first = this.#all.find((each) => each.file === file && each.tally.failed > 0);
    if (first === undefined) return;
    this.#first.set(file, first);
    this.#all = this.#all.filter((each) => each.file !== file);
  }

  add(report: FileReport): void {
    this.#all.push(report);
    print(report);
    if (this.#all.length % PROGRESS === 0)
      console.log(
        `── ${this.#all.length} of ${this.expected} files after ${((performance.now() - this.#began) / 1000).toFixed(0)} s`,
      );
  }

  /** Lists failures in a few lines each, for the end of a long run, whose beginning is out of sight. */
  failed(): string[] {
    const flaky = this.#flaky().length;
    return [
      ...this.#all.flatMap(({ failures }) =>
        failures.flatMap(({ name, diagnostics }) => [
          `✖ ${name}`,
          ...inShort(diagnostics).map((text) => `  ${text}`),
        ]),
      ),
      ...(flaky >= MANY_FLAKY ? [`✖ ${flaky} files passed only when they were run again`] : []),
    ];
  }

  /** Lists the tests that passed only when their file was run again, each with the first line of its failure. */
  flaky(): string[] {
    return this.#flaky().flatMap(({ failures }) =>
      failures.map(
        ({ name, diagnostics: [problem = 'no reason given'] }) => `flaky: ${name} (first: ${problem})`,
      ),
    );
  }

  #flaky(): readonly FileReport[] {
    const failed = this.failedFiles();
    return [...this.#first.values()].filter(({ file }) => !failed.has(file));
  }

  results(): readonly FileResult[] {
    return this.#all.map(({ file, tally, seconds, worked = 0 }) => {
      const outcome = tally.failed > 0 ? 'failed' : tally.passed > 0 ? 'passed' : 'skipped';
      const flaky = outcome !== 'failed' && this.#first.has(file);
      return { file, outcome, flaky, seconds, processorSeconds: worked };
    });
  }

  /** Prints what had run when the run was interrupted. */
  printInterrupted(): void {
    const { passed, failed, skipped } = this.total;
    for (const line of this.failed()) console.log(line);
    console.log(
      `\nInterrupted: ${this.#all.length} of ${this.expected} files had run. ${passed} passed, ${failed} failed, ${skipped} skipped`,
    );
  }

  printSlowest(): void {
    if (this.#all.length <= SLOWEST) return;
    const sum = (values: readonly number[]): string => values.reduce((a, b) => a + b, 0).toFixed(0);
    const seconds = sum(this.#all.map((each) => each.seconds));
    const worked = sum(this.#all.map((each) => each.worked ?? 0));
    console.log(
      `\nThe slowest ${SLOWEST} of ${this.#all.length} files, which took ${seconds} s, and ${worked} s of processor time:`,
    );
    for (const report of this.#all.toSorted((a, b) => b.seconds - a.seconds).slice(0, SLOWEST))
      console.log(`  ${report.file}  ${cost(report)}`);
  }
}

/** Keeps both ends of long diagnostics, because the diff of a long text begins with equal lines and the relevant part is often at its end. */
function inShort(diagnostics: readonly string[]): readonly string[] {
  const lines = diagnostics.filter((text) => text.trim() !== '');
  return lines.length <= 2 * FEW
    ? lines
    : [...lines.slice(0, FEW), `… ${lines.length - 2 * FEW} lines …`, ...lines.slice(-FEW)];
}

const cost = ({ seconds, worked = 0 }: FileReport): string =>
  `(${seconds.toFixed(1)} s, ${worked.toFixed(1)} s of processor time)`;

function print(report: FileReport): void {
  const { passed, failed, skipped } = report.tally;
  const outcome = failed > 0 ? 'FAIL' : skipped > 0 ? 'skip' : 'pass';
  console.log(
    `${outcome}  ${report.file}  ${passed} passed${failed > 0 ? `, ${failed} failed` : ''}${skipped > 0 ? `, ${skipped} skipped` : ''}  ${cost(report)}`,
  );
  for (const { name, diagnostics } of report.failures) {
    console.log(`      ✖ ${name}`);
    for (const text of diagnostics.slice(0, 120)) console.log(`        ${text}`);
  }
}
