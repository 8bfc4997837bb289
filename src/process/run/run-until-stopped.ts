import { systemClock } from '#agents/platform/clock/system-clock.js';
import { untilAborted } from '#agents/platform/clock/until-aborted.js';
import { isMusterError } from '#domain/kernel/errors/index.js';
import { SettingsError } from '#domain/kernel/settings/settings-error.js';
import { OWN_UMASK } from '../data-directory/data-directory.js';
import type { Log } from '../output/log.js';
import { stopOnSignals } from '../host/signals.js';
import { logUncaught } from '../host/uncaught.js';

/** Exit status if another process is using the data directory (EX_TEMPFAIL in sysexits.h). */
const EXIT_DIRECTORY_OWNED = 75;

export interface Running {
  readonly url: string;
  /** Resolves with an error that ends the process. */
  readonly fatal: Promise<Error>;
  stop(): Promise<void>;
}

export interface Program<Started extends Running> {
  /** Codes that are logged when it listens, fails and has stopped. */
  readonly codes: { readonly listening: string; readonly failed: string; readonly stopped: string };
  readonly log: Log;
  /** Closes what it has opened if it throws. */
  start(): Promise<Started>;
  /** Text for standard error once it listens. */
  greeting(started: Started): string;
  /** Called before an orderly shutdown. Returns fields for the log, and text for standard error. */
  farewell?(started: Started): { readonly fields: object; readonly text: string };
}

/** Runs a program until it is stopped or fails, and returns its exit status. Throws {@link SettingsError}. */
export async function runUntilStopped<Started extends Running>({
  codes,
  log,
  start,
  greeting,
  farewell,
}: Program<Started>): Promise<number> {
  process.umask(OWN_UMASK);
  logUncaught(log);
  const stop = stopOnSignals(systemClock);
  let started: Started;
  try {
    started = await start();
  } catch (error) {
    if (error instanceof SettingsError) throw error;
    const owned = isMusterError(error, 'MUSTER_E_DATA_DIRECTORY_LOCKED');
    const problem = error instanceof Error ? error.message : String(error);
    log.fatal({
      code: owned ? 'data-directory-owned' : 'start-failed',
      problem,
      ...(!owned && { err: error }),
    });
    process.stderr.write(`muster: ${problem}\n`);
    return owned ? EXIT_DIRECTORY_OWNED : 1;
  }
  log.info({ code: codes.listening, url: started.url });
  process.stderr.write(greeting(started));
  const failure = await Promise.race([untilAborted(stop), started.fatal]);
  if (failure instanceof Error) {
    log.fatal({ code: codes.failed, err: failure });
    process.stderr.write(`muster: cannot continue: ${failure.message}\n`);
    // No orderly shutdown: pending requests have an unknown outcome, and the next start checks the log first.
    return process.exit(1);
  }
  const last = farewell?.(started);
  await started.stop();
  log.info({ code: codes.stopped, ...last?.fields });
  if (last !== undefined) process.stderr.write(last.text);
  return 0;
}
