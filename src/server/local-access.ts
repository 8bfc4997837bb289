import { effectiveAccess } from '#agents/listener/index.js';
import { isLoopback } from '#agents/loopback.js';
import type { Settings } from './settings/settings.js';

export function isOpenToAll({ host, localAccess }: Pick<Settings, 'host' | 'localAccess'>): boolean {
  return isLoopback(host) && effectiveAccess(localAccess) === 'open';
}
