import { randomBytes } from 'node:crypto';
import { isMusterError } from '#domain/kernel/errors/index.js';
import type { Ids } from '#domain/kernel/ports/ids.js';
import type { Identity } from './identity.js';
import { sagaContext } from './saga-context.js';

export interface MadeAdministrator {
  readonly username: string;
  readonly password: string | undefined;
}

/**
 * Creates the first administrator unless the name is taken. If several servers start at the same time, only one of them creates it. `persevere` runs
 * each step and may retry it: repeating a completed step has no effect.
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
