import type { ChildProcess } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { t } from 'tap';
import { PATIENCE } from '../fixtures/eventually.js';
import { keepLeftFolders } from '../fixtures/folder.js';
import { Admission } from './admission.js';
import { inBatches, runBatch } from './batches.js';
import { longestFirst } from './longest.js';
import { Outcomes } from './outcomes.js';
import { TapTally, type FileReport } from './tally.js';

export interface RunOptions {
  /** Files that run at the same time whatever they do, and at most, while they leave the processors idle. */
  readonly jobs: { readonly atLeast: number; readonly atMost: number };
}

/** A file to be run, and what its environment has that those of other files have not. */
export interface TestFile {
  readonly path: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Put before the file's name where it is told of. */
  readonly label?: string;
  /** It may share a process with others of its kind: `together.ts` says which do. */
  readonly together?: boolean;
}

/** What these ask is how long something takes (a list under load; half a second until another server shows a command): next to others it is their load that answers. They are run one by one, behind the others. */
const ALONE = /\/scenarios\/(many-logins|regex-attack|production\/position)\.test\.js$/;

/** For a file that says nothing else of itself, in seconds: it tells a hang from slowness, as `eventually` does. */
const TIMEOUT = 120 * PATIENCE;

/**
 * Runs test files, each in a process of its own but for those that may share one: a line a file as it ends, what failed and why, the slowest, what failed once more, and the totals as the last line.
 * The totals, and behind them what failed, also go into the file that `MUSTER_TEST_TOTALS` names. Answers whether nothing failed.
 *
 * It is tap that runs them, but not its command: that has every process look at each module that it loads, for coverage that nobody
 * wants here, and every program that a test starts as well. A server came up in twice the time, and was not the one that users run.
 */
export async function runFiles(files: readonly TestFile[], { jobs }: RunOptions): Promise<boolean> {
  keepLeftFolders();
  const out = new PassThrough();
  const worked = new Map<string, number>();
  const outcomes = new Outcomes(files.length);
  const errors = keepErrors();
  const read = report(out, worked, errors, outcomes);
  t.jobs = jobs.atMost;
  t.setTimeout(0);
  t.pipe(out);
  const alone = files.filter(({ path }) => ALONE.test(path));
  const together = files.filter(({ together }) => together === true);
  const admission = new Admission(jobs);
  const admitted = async (work: () => Promise<void>): Promise<void> => {
    await admission.enter();
    await work();
    admission.leave();
  };
  const runOne = async (file: TestFile): Promise<void> => void worked.set(nameOf(file), await run(file));
  await Promise.all([
    ...inBatches(together).map((batch) =>
      admitted(async () => {
        await runBatch(batch, TIMEOUT, (ended) => outcomes.add(ended));
        counted = workOfChildren();
      }),
    ),
    ...longestFirst(files.filter((file) => !alone.includes(file) && !together.includes(file))).map((file) =>
      admitted(async () => await runOne(file)),
    ),
  ]);
  for (const file of alone) await runOne(file);
  t.end();
  if (await read) outcomes.total.failed += 1;
  outcomes.printSlowest();
  const { passed, failed, skipped } = outcomes.total;
  const line = `${passed} passed, ${failed} failed, ${skipped} skipped`;
  const totals = process.env['MUSTER_TEST_TOTALS'];
  const failures = outcomes.failed();
  if (totals !== undefined) writeFileSync(totals, `${[line, ...failures].join('\n')}\n`);
  for (const each of failures) console.log(each);
  console.log(`\n${line}`);
  return failed === 0 && passed + skipped > 0;
}

const nameOf = ({ path, label = '' }: TestFile): string => `${label}${relative(process.cwd(), path)}`;

/** Lines of a file's standard error that are kept: a stack and what stands before it. */
const ERRORS = 30;

/** By name of the file, the newest of what its process said on standard error: there Node says why it ended, where that was outside of any test. It is printed as it comes too. */
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

/** A file that failed outside of its tests has nothing to say of that but what its process said. */
function withErrors(report: FileReport, errors: readonly string[] = []): FileReport {
  const failures = report.failures.map((failure) =>
    failure.name === report.file ? { ...failure, diagnostics: [...errors, ...failure.diagnostics] } : failure,
  );
  return { ...report, failures };
}

/** Answers the seconds of processor time of the file's process, and of what it started and waited for. */
async function run(file: TestFile): Promise<number> {
  // tap puts its loader into NODE_OPTIONS on the way.
  const plain = [
    `NODE_OPTIONS=${process.env['NODE_OPTIONS'] ?? ''}`,
    process.execPath,
    '--enable-source-maps',
  ];
  const ended = t.spawn('env', [...plain, file.path], {
    name: nameOf(file),
    buffered: true,
    timeout: TIMEOUT * 1000,
    stdio: ['inherit', 'pipe', 'pipe'],
    env: { ...process.env, ...file.env, TAP_TIMEOUT: String(TIMEOUT) },
  });
  await ended;
  const before = counted;
  counted = workOfChildren();
  return counted - before;
}

/** What of `workOfChildren` the files that have ended were told already. */
let counted = workOfChildren();

/** Seconds of processor time of all processes that ended and were waited for, in clock ticks of which Linux says a hundred make a second; 0 elsewhere. */
function workOfChildren(): number {
  if (process.platform !== 'linux') return 0;
  const fields = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

/** Reads TAP to its end, and tells of each file. Answers whether the run was broken off. */
async function report(
  input: NodeJS.ReadableStream,
  worked: ReadonlyMap<string, number>,
  errors: ReadonlyMap<string, readonly string[]>,
  outcomes: Outcomes,
): Promise<boolean> {
  const tally = new TapTally();
  const add = (ended: FileReport): void =>
    outcomes.add(withErrors({ ...ended, worked: worked.get(ended.file) ?? 0 }, errors.get(ended.file)));
  for await (const line of createInterface({ input })) tally.line(line).forEach(add);
  tally.end().forEach(add);
  return tally.bailedOut;
}
