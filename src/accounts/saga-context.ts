import { uncausedContext, type CommandContext } from '#domain/kernel/ports/command-executor.js';
import type { Ids } from '#domain/kernel/ports/ids.js';

export function sagaContext(saga: string, ids: Ids): CommandContext {
  return uncausedContext(ids.uuid(), `saga:${saga}`, 'auth');
}
