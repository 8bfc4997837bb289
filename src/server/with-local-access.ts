import { ownSecret } from '#src/accounts/index.js';
import { isOpenToAll } from './local-access.js';
import { ClientAddresses } from '#src/surfaces/kit/index.js';
import type { Log } from './log.js';
import type { Settings } from './settings/settings.js';

/**
 * Completes the settings for local access. If connections do not identify the operator, or a trusted proxy is on loopback, nodes on loopback need a
 * join token too, so one is created if missing. Warns if every user of this machine is the operator.
 */
export function withLocalAccess(settings: Settings, directory: string, log: Log): Settings {
  if (isOpenToAll(settings)) log.warn({ code: 'local-access-open', wanted: settings.localAccess });
  const proxies = new ClientAddresses(settings.trustedProxies);
  const isAnybody =
    settings.localAccess === 'token' || proxies.isProxy('127.0.0.1') || proxies.isProxy('::1');
  if (!isAnybody || settings.joinToken !== undefined) return settings;
  return { ...settings, joinToken: ownSecret(directory, 'join.key').toString('base64url') };
}
