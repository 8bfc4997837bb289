import { connect } from 'nats';

/** Milliseconds that the attempt may take. */
const TIMEOUT_MS = 5_000;

/**
 * Whether a NATS server lets in a client that sends no credentials, found out by trying: what a server announces does not tell of a user that it takes
 * such clients for (`no_auth_user`). False where it cannot be reached.
 */
export async function letsInAnybody(server: string, tls: boolean): Promise<boolean> {
  try {
    const connection = await connect({
      servers: server,
      name: 'muster: is NATS open?',
      timeout: TIMEOUT_MS,
      reconnect: false,
      noAsyncTraces: true,
      ...(tls && { tls: {} }),
    });
    await connection.close();
    return true;
  } catch {
    // Refused, or not there: in both cases nothing can be done there without credentials.
    return false;
  }
}
