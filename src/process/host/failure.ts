import { isMusterError } from '#domain/kernel/errors/index.js';

/** Never resolves for an event from a newer version: only the role that read it stops. The server is then not ready, but its other roles continue. */
export async function unlessUnknownEvent(stopped: Promise<Error>): Promise<Error> {
  const error = await stopped;
  if (isMusterError(error, 'MUSTER_E_EVENT_UNKNOWN') || error.message.startsWith('MUSTER_E_EVENT_UNKNOWN'))
    return await new Promise<never>(() => undefined);
  return error;
}
