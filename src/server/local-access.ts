import { effectiveAccess } from '#agents/listener/index.js';
import { isLoopback } from '#agents/loopback.js';
import { ownSecret } from '#src/accounts/index.js';
import type { Settings } from './settings/settings.js';
import type { Log } from './log.js';

/** Whether every user of this machine is the operator. */
export function isOpenToAll({ host, localAccess }: Pick<Settings, 'host' | 'localAccess'>): boolean {
  return isLoopback(host) && effectiveAccess(localAccess) === 'open';
}

/**
 * The settings with what their local access needs. Where nobody is known by his connection, nodes need a join token on loopback too: one is made where none
 * is set. Says so where every user of this machine is the operator.
 */
export function withLocalAccess(settings: Settings, directory: string, log: Log): Settings {
  if (isOpenToAll(settings)) log.warn({ code: 'local-access-open', wanted: settings.localAccess });
  if (settings.localAccess !== 'token' || settings.joinToken !== undefined) return settings;
  return { ...settings, joinToken: ownSecret(directory, 'join.key').toString('base64url') };
}
