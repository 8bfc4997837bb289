import { HostNames } from '#agents/platform/listener/index.js';
import type { ApiSettings } from './dependencies.js';

export function hostNamesOf({
  host,
  allowedHosts,
  serverUrl,
  agentUrl,
}: Pick<ApiSettings, 'host' | 'allowedHosts' | 'serverUrl' | 'agentUrl'>): HostNames {
  return new HostNames({
    listen: host,
    allowed: allowedHosts ?? [],
    advertised: () => [serverUrl, agentUrl],
  });
}
