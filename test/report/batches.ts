import { spawn } from 'node:child_process';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestFile } from './run.js';
import { TapTally, type FileReport } from './tally.js';

/** Enough that many share the loading, few enough that several processes share the work. */
const FILES = 25;

const PROGRAM = join(import.meta.dirname, 'batch.js');

/** Files that may share a process (`TestFile.together`), in groups that do. They have one environment. */
export function inBatches(files: readonly TestFile[]): TestFile[][] {
  return Array.from({ length: Math.ceil(files.length / FILES) }, (_, batch) =>
    files.slice(batch * FILES, (batch + 1) * FILES),
  );
}

/**
 * Runs files in one process, and tells of each as it ends. One that did not come to its end, because the process ended or hung before, has failed; so has a
 * process that does not end well though every file did.
 */
export async function runBatch(
  files: readonly TestFile[],
  timeoutSeconds: number,
  told: (report: FileReport) => void,
): Promise<void> {
  const child = spawn(process.execPath, ['--enable-source-maps', PROGRAM], {
    env: {
      ...process.env,
      ...files[0]?.env,
      TAP: '1',
      TAP_TIMEOUT: String(timeoutSeconds),
      MUSTER_TEST_BATCH: files.map(({ path }) => path).join('\n'),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<string>((resolve) =>
    child.once('close', (code, signal) => resolve(String(signal ?? code))),
  );
  // A test that hangs is ended by tap; what keeps even that from its turn is not.
  const hung = setTimeout(() => child.kill('SIGKILL'), 2 * timeoutSeconds * 1000);
  const tally = new TapTally();
  const waited = new Set(files.map(({ path }) => relative(process.cwd(), path)));
  let failed = false;
  const tell = (report: FileReport): void => {
    failed ||= report.tally.failed > 0;
    told(report);
  };
  const broken = (file: string, problem: string): void =>
    tell({
      file,
      tally: { passed: 0, failed: 1, skipped: 0 },
      failures: [{ name: file, diagnostics: [problem] }],
      seconds: 0,
    });
  const take = (report: FileReport): void => {
    if (waited.delete(report.file) || report.tally.failed > 0) tell(report);
    else
      broken(
        report.file,
        'it came behind its file: something that the file left, or an assertion after its end',
      );
  };
  for await (const line of createInterface({ input: child.stdout })) {
    hung.refresh();
    tally.line(line).forEach(take);
  }
  tally.end().forEach(take);
  const status = await ended;
  clearTimeout(hung);
  for (const file of waited) broken(file, `its process ended before it did: ${status}`);
  if (status !== '0' && !failed)
    broken(
      relative(process.cwd(), PROGRAM),
      `it ended with ${status}, after ${files.map(({ path }) => relative(process.cwd(), path)).join(', ')}`,
    );
}
