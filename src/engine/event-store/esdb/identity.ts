import { isMusterError, MusterError } from '#domain/errors/index.js';
import type { Ids } from '#domain/ports/ids.js';
import type { Appends } from './appends.js';
import type { Connection } from './connection.js';
import { storeError } from './failure.js';
import { IDENTITY_STREAM } from './identity-stream.js';
import { recordedEvent } from './recorded.js';
import { streamPage } from './requests.js';

const IDENTIFIED = 'StoreIdentified';

/** The identity of the log: what the first to ask wrote. */
export async function identify(connection: Connection, appends: Appends, ids: Ids): Promise<string> {
  const known = await readIdentity(connection);
  if (known !== undefined) return known;
  const storeId = ids.uuid();
  try {
    const event = { id: ids.uuid(), type: IDENTIFIED, data: JSON.stringify({ storeId }), metadata: '{}' };
    await appends.append({ stream: IDENTITY_STREAM, expected: 'no_stream', events: [event] });
    return storeId;
  } catch (error) {
    if (!isMusterError(error, 'MUSTER_E_WRONG_REVISION')) throw error;
  }
  const others = await readIdentity(connection);
  if (others === undefined) throw new MusterError('MUSTER_E_STORE_CORRUPT', { problem: `stream ${IDENTITY_STREAM} tells no identity` });
  return others;
}

/** Throws `MUSTER_E_STORE_CORRUPT` where the log tells another identity, or none. */
export async function checkIdentity(connection: Connection, id: string): Promise<void> {
  const found = await readIdentity(connection);
  if (found === id) return;
  throw new MusterError('MUSTER_E_STORE_CORRUPT', { problem: `the log is ${found ?? 'a new one'}, it was ${id}: another stands behind the address` });
}

async function readIdentity(connection: Connection): Promise<string | undefined> {
  try {
    const answers = await connection.page(streamPage(IDENTITY_STREAM, 'forwards', undefined, 1));
    const [event] = answers.flatMap((answer) => recordedEvent(answer) ?? []);
    if (event === undefined) return undefined;
    const { storeId } = JSON.parse(event.data) as { storeId?: unknown };
    return typeof storeId === 'string' && storeId !== '' ? storeId : undefined;
  } catch (error) {
    throw storeError(error, IDENTITY_STREAM);
  }
}
