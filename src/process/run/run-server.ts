import { TYPED } from '#src/engine/installed.js';
import { createLog } from '../output/log.js';
import type { Settings } from '../settings/settings.js';
import { startServer } from './bootstrap.js';
import { greeting } from './greeting.js';
import { runUntilStopped } from './run-until-stopped.js';

/** `muster server`: runs a server until it is stopped or fails, and returns the exit status. */
export async function runServer(settings: Settings): Promise<number> {
  const log = createLog(settings, 'server');
  return await runUntilStopped({
    codes: { listening: 'server-listening', failed: 'server-failed', stopped: 'server-stopped' },
    log,
    start: async () => await startServer(settings, log),
    greeting: (server) => greeting(server, settings, process.getuid?.() ?? 0),
    farewell: (server) => {
      const running = server.running();
      return { fields: { running }, text: `${farewell(running)}\n` };
    },
  });
}

function farewell(running: number | undefined): string {
  if (running === undefined) return 'Muster has stopped.';
  if (running === 0) return 'Muster has stopped; no allocation was running.';
  const what = running === 1 ? '1 allocation keeps' : `${running} allocations keep`;
  return `Muster has stopped; ${what} running. To stop them, start Muster again and run: ${TYPED} job stop JOB`;
}
