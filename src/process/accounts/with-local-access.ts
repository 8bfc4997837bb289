import { ownSecret } from '#src/accounts/index.js';
import { isOpenToAll } from '../listener/local-access.js';
import { ClientAddresses } from '#src/http/index.js';
import type { Log } from '../output/log.js';
import type { CredentialSettings } from './settings.js';
import type { ListenerSettings } from '../listener/settings.js';

type Completed = ListenerSettings & Pick<CredentialSettings, 'joinToken'>;

/**
 * Completes the settings for local access. If connections do not identify the operator, or a trusted proxy is on loopback, nodes on loopback need a join token
 * too, so a missing one is created. Warns if every user of this machine is the operator.
 */
export function withLocalAccess<Known extends Completed>(
  settings: Known,
  directory: string,
  log: Log,
): Known {
  if (isOpenToAll(settings)) log.warn({ code: 'local-access-open', wanted: settings.localAccess });
  const proxies = new ClientAddresses(settings.trustedProxies);
  const isAnybody =
    settings.localAccess === 'token' || proxies.isProxy('127.0.0.1') || proxies.isProxy('::1');
  if (!isAnybody || settings.joinToken !== undefined) return settings;
  return { ...settings, joinToken: ownSecret(directory, 'join.key').toString('base64url') };
}
