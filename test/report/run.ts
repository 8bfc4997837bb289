import type { ChildProcess } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { t } from 'tap';
import { FILE_LIMIT } from '../fixtures/file-limit.js';
import { keepLeftFolders } from '../fixtures/folder.js';
import { Admission } from './admission.js';
import { inBatches, runBatch } from './batches.js';
import { longestFirst, readDurations } from './durations.js';
import { endWithChildren } from './interruption.js';
import { Outcomes, type FileResult } from './outcomes.js';
import { TapTally, type FileReport } from './tally.js';

export interface RunOptions {
  /** Receives the result of each file at the end. */
  readonly onResults?: (results: readonly FileResult[]) => void;
  /** Number of files that always run at the same time, and the maximum while the processors are idle. */
  readonly jobs: { readonly atLeast: number; readonly atMost: number };
}

/** A test file, with additions to its environment. */
export interface TestFile {
  readonly path: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Prefix of the file's name in output. */
  readonly label?: string;
  /** Whether the file may share a process with similar files. `together.ts` decides. */
  readonly together?: boolean;
}

// Not only once the tests begin: installing what they need may take longer than tap's 30 seconds.
t.setTimeout(0);

/** Tests that measure durations, such as a list under load. The load of parallel tests would distort them, so they run one by one after all others. */
const ALONE = /\/scenarios\/(many-logins|neighbours|past-load|regex-attack|production\/position)\.test\.js$/;

/** Maximum number of failed files that are run again. If more fail, the cause is not chance. */
const MAX_RUN_AGAIN = 5;

/**
 * Runs test files, each in its own process unless it may share one. Prints a line for each file as it ends, with its failures. Files that failed are run
 * again at the end, alone: one that passes then counts as passed, and is listed as flaky. At the end, prints the slowest files, all failures again, and the
 * totals as the last line. Also writes the totals, then failures and flaky tests, to the file that `MUSTER_TEST_TOTALS` names.
 * Returns whether tests ran, none failed, and few were flaky.
 *
 * This uses tap as a library, because tap's command adds a coverage loader to every process, even those that tests start. With it, a server took twice as long
 * to start and was not the program that users run.
 */
export async function runFiles(
  files: readonly TestFile[],
  { jobs, onResults }: RunOptions,
): Promise<boolean> {
  keepLeftFolders();
  const out = new PassThrough();
  const worked = new Map<string, number>();
  const outcomes = new Outcomes(files.length);
  const interruption = endWithChildren(() => outcomes.printInterrupted());
  const errors = keepErrors();
  let read = Promise.resolve(false);
  const firstRound = new Promise<void>((ended) => {
    read = report(out, worked, errors, outcomes, ended);
  });
  t.jobs = jobs.atMost;
  t.pipe(out);
  const alone = files.filter(({ path }) => ALONE.test(path));
  const together = files.filter(({ together }) => together === true);
  const admission = new Admission(jobs);
  const admitted = async (work: () => Promise<void>): Promise<void> => {
    await admission.enter();
    if (!interruption.begun) await work();
    admission.leave();
  };
  const runOne = async (file: TestFile): Promise<void> => void worked.set(nameOf(file), await run(file));
  const runTogether = async (batch: readonly TestFile[]): Promise<void> => {
    await runBatch(batch, FILE_LIMIT, (ended) => outcomes.add(ended));
    counted = workOfChildren();
  };
  await Promise.all([
    ...inBatches(together).map((batch) => admitted(async () => await runTogether(batch))),
    ...longestFirst(
      files.filter((file) => !alone.includes(file) && !together.includes(file)),
      readDurations(),
    ).map((file) => admitted(async () => await runOne(file))),
  ]);
  for (const file of alone) await runOne(file);
  await t.test(END_OF_FIRST_ROUND, async (end) => void end.pass());
  await firstRound;
  const failedFiles = outcomes.failedFiles();
  if (failedFiles.size <= MAX_RUN_AGAIN && !interruption.begun)
    for (const file of files.filter((each) => failedFiles.has(nameOf(each)))) {
      console.log(`── runs ${nameOf(file)} again, alone`);
      outcomes.runAgain(nameOf(file));
      await (file.together === true ? runTogether([file]) : runOne(file));
    }
  t.end();
  const bailedOut = await read;
  outcomes.printSlowest();
  onResults?.(outcomes.results());
  const { passed, skipped, failed: failedTests } = outcomes.total;
  const failed = failedTests + (bailedOut ? 1 : 0);
  const line = `${passed} passed, ${failed} failed, ${skipped} skipped`;
  const totals = process.env['MUSTER_TEST_TOTALS'];
  const problems = [...outcomes.failed(), ...outcomes.flaky()];
  if (totals !== undefined) writeFileSync(totals, `${[line, ...problems].join('\n')}\n`);
  for (const each of problems) console.log(each);
  console.log(`\n${line}`);
  return failed === 0 && passed + skipped > 0;
}

/** Name of a file in output and results. */
export const nameOf = ({ path, label = '' }: TestFile): string => `${label}${relative(process.cwd(), path)}`;

/** Number of lines of a file's standard error that are kept: enough for a stack trace and some context. */
const ERRORS = 30;

/** Keeps the last lines of standard error by file name, because Node reports errors outside of any test there. Also prints them as they arrive. */
function keepErrors(): ReadonlyMap<string, readonly string[]> {
  const errors = new Map<string, string[]>();
  t.on(
    'spawn',
    (file: {
      readonly name: string;
      once(event: 'process', told: (process: ChildProcess) => void): unknown;
    }) =>
      file.once('process', ({ stderr }) => {
        const lines: string[] = [];
        errors.set(file.name, lines);
        createInterface({ input: stderr! }).on('line', (line) => {
          console.error(line);
          lines.push(line);
          if (lines.length > ERRORS) lines.shift();
        });
      }),
  );
  return errors;
}

/** Adds standard error to failures outside of any test, which have no other explanation. */
function withErrors(report: FileReport, errors: readonly string[] = []): FileReport {
  const failures = report.failures.map((failure) =>
    failure.name === report.file ? { ...failure, diagnostics: [...errors, ...failure.diagnostics] } : failure,
  );
  return { ...report, failures };
}

/** Returns the processor seconds of the file's process, and of the children that it waited for. */
async function run(file: TestFile): Promise<number> {
  // tap adds its loader to NODE_OPTIONS, so `env` restores the original value.
  const plain = [
    `NODE_OPTIONS=${process.env['NODE_OPTIONS'] ?? ''}`,
    process.execPath,
    '--enable-source-maps',
  ];
  // tap names a test's folder after the arguments, so runs of one file at the same time differ in them.
  const distinct = file.label === undefined || file.label === '' ? [] : [file.label.trim()];
  const ended = t.spawn('env', [...plain, file.path, ...distinct], {
    name: nameOf(file),
    buffered: true,
    timeout: FILE_LIMIT * 1000,
    stdio: ['inherit', 'pipe', 'pipe'],
    env: { ...process.env, ...file.env, TAP_TIMEOUT: String(FILE_LIMIT) },
  });
  await ended;
  const before = counted;
  counted = workOfChildren();
  return counted - before;
}

/** Part of `workOfChildren` that is already attributed to ended files. */
let counted = workOfChildren();

/** Returns the processor seconds of all child processes that ended and were waited for. Linux counts 100 clock ticks a second. Other systems return 0. */
function workOfChildren(): number {
  if (process.platform !== 'linux') return 0;
  const fields = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

/** A test after all files, before any is run again. When its result is read, the results of all files have been read. */
const END_OF_FIRST_ROUND = 'all files have run once';

/** Reads TAP to its end and reports each file. Returns whether a test bailed out. */
async function report(
  input: NodeJS.ReadableStream,
  worked: ReadonlyMap<string, number>,
  errors: ReadonlyMap<string, readonly string[]>,
  outcomes: Outcomes,
  firstRoundEnded: () => void,
): Promise<boolean> {
  const tally = new TapTally();
  const add = (ended: FileReport): void => {
    if (ended.file === END_OF_FIRST_ROUND) firstRoundEnded();
    else outcomes.add(withErrors({ ...ended, worked: worked.get(ended.file) ?? 0 }, errors.get(ended.file)));
  };
  for await (const line of createInterface({ input })) {
    tally.line(line).forEach(add);
    if (tally.bailedOut) firstRoundEnded();
  }
  tally.end().forEach(add);
  return tally.bailedOut;
}
