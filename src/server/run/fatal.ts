import { isMusterError } from '#domain/kernel/errors/index.js';
import type { Projector } from '#src/engine/read-models/index.js';
import type { RunningScheduler } from '#src/fleet/scheduler/index.js';

export function fatalOf(
  events: { readonly fatal: Promise<Error> },
  projector: Projector | undefined,
  schedulers: readonly RunningScheduler[],
): Promise<Error> {
  const threads = [projector?.stopped, ...schedulers.map((scheduler) => scheduler.fatal)].filter(
    (fatal) => fatal !== undefined,
  );
  return Promise.race([events.fatal, ...threads.map(unlessUnknownEvent)]);
}

/** Never resolves for an event from a newer version: only the role that read it stops. The server is then not ready, but its other roles continue. */
async function unlessUnknownEvent(stopped: Promise<Error>): Promise<Error> {
  const error = await stopped;
  if (isMusterError(error, 'MUSTER_E_EVENT_UNKNOWN') || error.message.startsWith('MUSTER_E_EVENT_UNKNOWN'))
    return await new Promise<never>(() => undefined);
  return error;
}
