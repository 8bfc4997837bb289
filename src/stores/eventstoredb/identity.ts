import { isMusterError, MusterError } from '#domain/kernel/errors/index.js';
import type { Ids } from '#domain/kernel/ports/ids.js';
import type { Appends } from './appends.js';
import type { Connection } from './connection.js';
import { storeError } from './failure.js';
import { IDENTITY_STREAM } from '#src/engine/event-store/index.js';
import { identityIn } from './log-guard.js';
import { recordedEvent } from './recorded.js';
import { streamPage } from './requests.js';

const IDENTIFIED = 'StoreIdentified';

/** Called with the identity of the log, or undefined if it has none yet, before anything is written. Throws if the log must not be used. */
export type AcceptLog = (storeId: string | undefined) => void;

/** Returns the identity of the log. Writes an identity if the log does not have one yet. */
export async function identify(
  connection: Connection,
  appends: Appends,
  ids: Ids,
  accept: AcceptLog,
): Promise<string> {
  const known = await readIdentity(connection);
  accept(known);
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
  if (others === undefined)
    throw new MusterError('MUSTER_E_STORE_CORRUPT', {
      problem: `stream ${IDENTITY_STREAM} contains no identity`,
    });
  return others;
}

async function readIdentity(connection: Connection): Promise<string | undefined> {
  try {
    const answers = await connection.page(streamPage(IDENTITY_STREAM, 'forwards', undefined, 1));
    return identityIn(answers.flatMap((answer) => recordedEvent(answer) ?? []));
  } catch (error) {
    throw storeError(error, IDENTITY_STREAM);
  }
}
