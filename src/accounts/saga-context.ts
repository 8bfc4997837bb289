import type { Ids } from '#domain/kernel/ports/ids.js';
import type { CommandContext } from '#domain/kernel/ports/command-executor.js';

export function sagaContext(saga: string, ids: Ids): CommandContext {
  const commandId = ids.uuid();
  return {
    commandId,
    repeatable: false,
    bodyDigest: '',
    correlationId: commandId,
    causationId: commandId,
    actor: `saga:${saga}`,
    surface: 'auth',
  };
}
