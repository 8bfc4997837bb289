import { effectiveAccess } from '#agents/platform/listener/index.js';
import { isLoopback } from '#agents/platform/loopback.js';
import type { ListenerSettings } from './settings.js';

export function isOpenToAll({ host, localAccess }: Pick<ListenerSettings, 'host' | 'localAccess'>): boolean {
  return isLoopback(host) && effectiveAccess(localAccess) === 'open';
}
