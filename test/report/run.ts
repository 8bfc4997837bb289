import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { t } from 'tap';
import { TapTally, type FileReport } from './tally.js';

export interface RunOptions {
  /** Files that run at the same time. */
  readonly jobs: number;
  readonly env?: NodeJS.ProcessEnv;
}

/** What these ask is how long something takes (a list under load; half a second until another server shows a command): beside others it is their load that answers. They are run one by one, behind the others. */
const ALONE = /\/scenarios\/(many-logins|regex-attack|production\/servers)\.test\.js$/;

/** For a file that says nothing else of itself, in seconds. */
const TIMEOUT = 120;

/**
 * Runs test files, each in a process of its own: a line a file as it ends, what failed and why, and the totals as the last line, which
 * also go into the file that `MUSTER_TEST_TOTALS` names. Answers whether nothing failed.
 *
 * It is tap that runs them, but not its command: that has every process look at each module that it loads, for coverage that nobody
 * wants here, and every program that a test starts as well. A server came up in twice the time, and was not the one that users run.
 */
export async function runFiles(files: readonly string[], { jobs, env = process.env }: RunOptions): Promise<boolean> {
  const out = new PassThrough();
  const read = report(out);
  t.jobs = jobs;
  t.setTimeout(0);
  t.pipe(out);
  // tap puts its loader into NODE_OPTIONS on the way.
  const plain = [`NODE_OPTIONS=${env['NODE_OPTIONS'] ?? ''}`, process.execPath, '--enable-source-maps'];
  const alone = files.filter((file) => ALONE.test(file));
  const running = [...files.filter((file) => !alone.includes(file)), ...alone].map((file) =>
    t.spawn('env', [...plain, file], {
      name: relative(process.cwd(), file),
      buffered: !alone.includes(file),
      timeout: TIMEOUT * 1000,
      env: { ...env, TAP_TIMEOUT: String(TIMEOUT) },
    }),
  );
  await Promise.all(running);
  t.end();
  const { passed, failed, skipped } = await read;
  const line = `${passed} passed, ${failed} failed, ${skipped} skipped`;
  const totals = process.env['MUSTER_TEST_TOTALS'];
  if (totals !== undefined) writeFileSync(totals, `${line}\n`);
  console.log(`\n${line}`);
  return failed === 0 && passed + skipped > 0;
}

/** Reads TAP to its end, and prints each file's outcome. */
async function report(input: NodeJS.ReadableStream): Promise<TapTally['total']> {
  const tally = new TapTally();
  for await (const line of createInterface({ input })) {
    const ended = tally.line(line);
    if (ended !== undefined) print(ended);
  }
  tally.end();
  return tally.total;
}

function print({ file, tally: { passed, failed, skipped }, seconds, failures }: FileReport): void {
  const outcome = failed > 0 ? 'FAIL' : skipped > 0 ? 'skip' : 'pass';
  console.log(
    `${outcome}  ${file}  ${passed} passed${failed > 0 ? `, ${failed} failed` : ''}${skipped > 0 ? `, ${skipped} skipped` : ''}  (${seconds.toFixed(1)} s)`,
  );
  for (const { name, diagnostics } of failures) {
    console.log(`      ✖ ${name}`);
    for (const text of diagnostics.slice(0, 120)) console.log(`        ${text}`);
  }
}
