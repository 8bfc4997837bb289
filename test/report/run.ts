import { readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { t } from 'tap';
import { Admission } from './admission.js';
import { longestFirst } from './longest.js';
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
}

/** What these ask is how long something takes (a list under load; half a second until another server shows a command): next to others it is their load that answers. They are run one by one, behind the others. */
const ALONE = /\/scenarios\/(many-logins|regex-attack|production\/position)\.test\.js$/;

/** For a file that says nothing else of itself, in seconds. */
const TIMEOUT = 120;

/** How many of the files that took longest are named at the end. */
const SLOWEST = 20;

/**
 * Runs test files, each in a process of its own: a line a file as it ends, what failed and why, the slowest, and the totals as the last line, which
 * also go into the file that `MUSTER_TEST_TOTALS` names. Answers whether nothing failed.
 *
 * It is tap that runs them, but not its command: that has every process look at each module that it loads, for coverage that nobody
 * wants here, and every program that a test starts as well. A server came up in twice the time, and was not the one that users run.
 */
export async function runFiles(files: readonly TestFile[], { jobs }: RunOptions): Promise<boolean> {
  const out = new PassThrough();
  const worked = new Map<string, number>();
  const read = report(out, worked);
  t.jobs = jobs.atMost;
  t.setTimeout(0);
  t.pipe(out);
  const alone = files.filter(({ path }) => ALONE.test(path));
  const admission = new Admission(jobs);
  await Promise.all(
    longestFirst(files.filter((file) => !alone.includes(file))).map(async (file) => {
      await admission.enter();
      worked.set(nameOf(file), await run(file));
      admission.leave();
    }),
  );
  for (const file of alone) worked.set(nameOf(file), await run(file));
  t.end();
  const { passed, failed, skipped } = await read;
  const line = `${passed} passed, ${failed} failed, ${skipped} skipped`;
  const totals = process.env['MUSTER_TEST_TOTALS'];
  if (totals !== undefined) writeFileSync(totals, `${line}\n`);
  console.log(`\n${line}`);
  return failed === 0 && passed + skipped > 0;
}

const nameOf = ({ path, label = '' }: TestFile): string => `${label}${relative(process.cwd(), path)}`;

/** Answers the seconds of processor time of the file's process, and of what it started and waited for. */
async function run(file: TestFile): Promise<number> {
  // tap puts its loader into NODE_OPTIONS on the way.
  const plain = [`NODE_OPTIONS=${process.env['NODE_OPTIONS'] ?? ''}`, process.execPath, '--enable-source-maps'];
  const ended = t.spawn('env', [...plain, file.path], {
    name: nameOf(file),
    buffered: true,
    timeout: TIMEOUT * 1000,
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

/** Reads TAP to its end, and prints each file's outcome, and those that took longest. */
async function report(input: NodeJS.ReadableStream, worked: ReadonlyMap<string, number>): Promise<TapTally['total']> {
  const tally = new TapTally();
  const all: FileReport[] = [];
  for await (const line of createInterface({ input })) {
    const ended = tally.line(line);
    if (ended === undefined) continue;
    all.push(ended);
    print(ended, worked);
  }
  tally.end();
  const sum = (seconds: Iterable<number>): string => [...seconds].reduce((a, b) => a + b, 0).toFixed(0);
  if (all.length > SLOWEST) {
    console.log(
      `\nThe slowest ${SLOWEST} of ${all.length} files, which took ${sum(all.map(({ seconds }) => seconds))} s, and ${sum(worked.values())} s of processor time:`,
    );
    for (const { file, seconds } of all.sort((a, b) => b.seconds - a.seconds).slice(0, SLOWEST)) console.log(`  ${file}  ${cost(file, seconds, worked)}`);
  }
  return tally.total;
}

const cost = (file: string, seconds: number, worked: ReadonlyMap<string, number>): string =>
  `(${seconds.toFixed(1)} s, ${(worked.get(file) ?? 0).toFixed(1)} s of processor time)`;

function print({ file, tally: { passed, failed, skipped }, seconds, failures }: FileReport, worked: ReadonlyMap<string, number>): void {
  const outcome = failed > 0 ? 'FAIL' : skipped > 0 ? 'skip' : 'pass';
  console.log(
    `${outcome}  ${file}  ${passed} passed${failed > 0 ? `, ${failed} failed` : ''}${skipped > 0 ? `, ${skipped} skipped` : ''}  ${cost(file, seconds, worked)}`,
  );
  for (const { name, diagnostics } of failures) {
    console.log(`      ✖ ${name}`);
    for (const text of diagnostics.slice(0, 120)) console.log(`        ${text}`);
  }
}
