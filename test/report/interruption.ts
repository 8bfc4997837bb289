import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { killAllUnder, removeFolders, TEST_RUN } from '../fixtures/folder.js';

/** Milliseconds that tests have to stop what they started. */
const GRACE_MS = 3_000;

/** Exit status after Ctrl-C, as of a shell. */
const INTERRUPTED = 130;

export interface Interruption {
  /** Whether the run is being ended, so that no further test should start. */
  readonly begun: boolean;
}

/**
 * Marks everything that this run starts, by a variable that processes inherit and by the names of the tests' folders. After SIGINT or SIGTERM, ends
 * all marked processes within five seconds, calls `report`, removes the folders, and exits with 130.
 */
export function endWithChildren(report: () => void): Interruption {
  const run = `muster-run-${randomBytes(3).toString('hex')}`;
  process.env[TEST_RUN] = run;
  const interruption = { begun: false };
  const end = async (): Promise<void> => {
    if (interruption.begun) return;
    interruption.begun = true;
    killAllUnder(run, 'SIGTERM');
    const began = performance.now();
    while (performance.now() - began < GRACE_MS && killAllUnder(run, 0) > 0) await pause(50);
    for (let round = 0; round < 5 && killAllUnder(run) > 0; round += 1) await pause(50);
    report();
    removeFolders(run);
    process.exit(INTERRUPTED);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void end());
  return interruption;
}
