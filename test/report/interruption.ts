import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { killAllUnder, TEST_RUN } from '../fixtures/folder.js';

/** Milliseconds that tests have to stop what they started. */
const GRACE_MS = 3_000;

/** Exit status after Ctrl-C, as of a shell. */
const INTERRUPTED = 130;

/**
 * Marks everything that this run starts, by a variable that processes inherit and by the names of the tests' folders. After SIGINT or SIGTERM,
 * calls `report`, ends all marked processes within five seconds, and exits with 130.
 */
export function endWithChildren(report: () => void): void {
  const run = `muster-run-${randomBytes(3).toString('hex')}`;
  process.env[TEST_RUN] = run;
  let interrupted = false;
  const end = async (): Promise<void> => {
    if (interrupted) return;
    interrupted = true;
    report();
    killAllUnder(run, 'SIGTERM');
    const began = performance.now();
    while (performance.now() - began < GRACE_MS && killAllUnder(run, 0) > 0) await pause(50);
    for (let round = 0; round < 5 && killAllUnder(run) > 0; round += 1);
    process.exit(INTERRUPTED);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void end());
}
