import { untilAborted } from '#agents/platform/clock/until-aborted.js';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { isMusterError } from '#domain/kernel/errors/index.js';
import { TYPED } from '#src/engine/installed.js';
import { OWN_UMASK } from '../data-directory/data-directory.js';
import { SettingsError } from '#domain/kernel/settings/settings-error.js';
import type { Settings } from '../settings/settings.js';
import { greeting } from './greeting.js';
import { createLog } from '../output/log.js';
import { startServer } from './bootstrap.js';
import { stopOnSignals } from '../process/signals.js';
import { logUncaught } from '../process/uncaught.js';

const EXIT_DIRECTORY_OWNED = 75;

export async function runServer(settings: Settings): Promise<number> {
  process.umask(OWN_UMASK);
  const log = createLog(settings, 'server');
  logUncaught(log);
  const stop = stopOnSignals(systemClock);
  let server;
  try {
    server = await startServer(settings, log);
  } catch (error) {
    if (error instanceof SettingsError) throw error;
    const owned = isMusterError(error, 'MUSTER_E_DATA_DIRECTORY_LOCKED');
    const message = error instanceof Error ? error.message : String(error);
    log.fatal({
      code: owned ? 'data-directory-owned' : 'start-failed',
      problem: message,
      ...(!owned && { err: error }),
    });
    process.stderr.write(`muster: ${message}\n`);
    return owned ? EXIT_DIRECTORY_OWNED : 1;
  }
  log.info({ code: 'server-listening', url: server.url });
  process.stderr.write(greeting(server, settings, process.getuid?.() ?? 0));

  const failure = await Promise.race([untilAborted(stop), server.fatal]);
  if (failure instanceof Error) {
    log.fatal({ code: 'server-failed', err: failure });
    process.stderr.write(`muster: cannot continue: ${failure.message}\n`);
    // No orderly shutdown: pending requests have an unknown outcome, and the next start checks the log first.
    return process.exit(1);
  }
  const running = server.running();
  await server.stop();
  log.info({ code: 'server-stopped', running });
  farewell(running);
  return 0;
}

function farewell(running: number | undefined): void {
  if (running === undefined) {
    process.stderr.write('Muster has stopped.\n');
    return;
  }
  if (running === 0) {
    process.stderr.write('Muster has stopped; no allocation was running.\n');
    return;
  }
  const what = running === 1 ? '1 allocation keeps' : `${running} allocations keep`;
  process.stderr.write(
    `Muster has stopped; ${what} running. To stop them, start Muster again and run: ${TYPED} job stop JOB\n`,
  );
}
