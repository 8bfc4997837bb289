import { randomBytes } from 'node:crypto';
import { isMusterError } from '#domain/errors/index.js';
import type { Ids } from '#domain/ports/ids.js';
import type { Identity } from './identity.js';
import { sagaContext } from './saga-context.js';

export interface MadeAdministrator {
  readonly username: string;
  /** The password that was made for it; undefined where one was given. */
  readonly password: string | undefined;
}

/**
 * Makes the first administrator, where its name is not taken yet. Of several servers that begin at once one does. `persevere` says whether a step
 * that failed is taken again: it may have been done, and is then not done twice.
 */
export async function firstAdministrator(
  identity: Identity,
  wanted: { readonly username: string; readonly password: string | undefined },
  ids: Ids,
  persevere: <Value>(work: () => Promise<Value>) => Promise<Value> = (work) => work(),
): Promise<MadeAdministrator | undefined> {
  const { username, password: given } = wanted;
  if ((await persevere(() => identity.users.idOf(username))) !== undefined) return undefined;
  const password = given ?? randomBytes(18).toString('base64url');
  const context = sagaContext('first-administrator', ids);
  try {
    await persevere(() => identity.registrations.register({ username, password, role: 'admin' }, context));
  } catch (error) {
    if (isMusterError(error, 'MUSTER_E_USERNAME_TAKEN')) return undefined;
    throw error;
  }
  return { username, password: given === undefined ? password : undefined };
}
