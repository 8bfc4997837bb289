import { HostNames, nameIn } from '#agents/platform/listener/index.js';
import { isLoopback } from '#agents/platform/loopback.js';
import { isSocketUrl } from '#agents/platform/transport/server-address.js';
import type { HttpSettings } from './options.js';

export type Reached = Pick<HttpSettings, 'host' | 'allowedHosts' | 'serverUrl'>;

/** Whether other machines can reach the server, either at its address or through a proxy that has a separate name. */
export function isReachable({ host, allowedHosts = [], serverUrl }: Reached): boolean {
  const advertised =
    serverUrl !== undefined && !isSocketUrl(serverUrl) && URL.canParse(serverUrl)
      ? [new URL(serverUrl).hostname.replace(/^\[|\]$/g, '')]
      : [];
  return [host, ...allowedHosts.map((name) => nameIn(name) ?? name), ...advertised].some(
    (name) => !isLoopback(name),
  );
}

/** Returns the names by which clients may call the server. */
export function hostNamesOf({
  host,
  allowedHosts,
  serverUrl,
  agentUrl,
}: Pick<HttpSettings, 'host' | 'allowedHosts' | 'serverUrl' | 'agentUrl'>): HostNames {
  return new HostNames({
    listen: host,
    allowed: allowedHosts ?? [],
    advertised: () => [serverUrl, agentUrl],
  });
}
