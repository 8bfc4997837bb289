import type { FileReport, Tally } from './tally.js';

/** How many of the files that took longest are named at the end. */
const SLOWEST = 20;

/** Progress is printed each time that this many files have ended. */
const PROGRESS = 50;

/** Lines that a failure has where all are told once more, from its beginning and from its end: of a long run that is all that is seen. */
const FEW = 30;

/** What became of the files of a run: printed as it comes, and counted. */
export class Outcomes {
  readonly total: Tally = { passed: 0, failed: 0, skipped: 0 };
  readonly #all: FileReport[] = [];
  readonly #began = performance.now();

  /** @param expected The number of files of the run. */
  constructor(private readonly expected: number) {}

  add(report: FileReport): void {
    this.#all.push(report);
    for (const each of ['passed', 'failed', 'skipped'] as const) this.total[each] += report.tally[each];
    print(report);
    if (this.#all.length % PROGRESS === 0)
      console.log(
        `── ${this.#all.length} of ${this.expected} files after ${((performance.now() - this.#began) / 1000).toFixed(0)} s`,
      );
  }

  /** What failed, a few lines each: for the end of a long run, whose beginning nobody sees. */
  failed(): string[] {
    return this.#all.flatMap(({ failures }) =>
      failures.flatMap(({ name, diagnostics }) => [
        `✖ ${name}`,
        ...inShort(diagnostics).map((text) => `  ${text}`),
      ]),
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

/** A difference of long texts begins with what is equal: what it is about stands at its end, or where the two parts meet. */
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
