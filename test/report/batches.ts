import { spawn } from 'node:child_process';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestFile } from './run.js';
import { TapTally, type FileReport } from './tally.js';

/** Files per process: enough to share the loading, few enough to use several processes. */
const FILES = 25;

const PROGRAM = join(import.meta.dirname, 'batch.js');

/** Groups files that may share a process (`TestFile.together`). All must have the same environment. */
export function inBatches(files: readonly TestFile[]): TestFile[][] {
  return Array.from({ length: Math.ceil(files.length / FILES) }, (_, batch) =>
    files.slice(batch * FILES, (batch + 1) * FILES),
  );
}

/**
 * Runs files in one process and reports each as it ends. A file fails if the process ends or hangs before the file does. If every file passed but the process
 * exits with an error, that is reported as a failure too.
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
  // tap ends a test that hangs, unless the test blocks the event loop.
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
        'a result came after the end of its file, from a leftover of the file or a late assertion',
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
