import {
  BUILT_IN_REVISION,
  BUILT_IN_TEMPLATES,
  serviceTemplates,
  templateIdOf,
} from '#domain/services/template/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { Ids } from '#domain/kernel/ports/ids.js';
import type { CommandContext, CommandExecutor } from '#src/engine/commands/index.js';
import { SERVICES_SURFACE } from './surface.js';

const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS] = [250, 30_000];

export interface BuiltInParts {
  readonly executor: Pick<CommandExecutor, 'execute'>;
  readonly ids: Ids;
  readonly clock: Pick<Clock, 'sleep'>;
}

/** Adds the templates that come with Muster unless they exist. If several servers start at once, one of them succeeds; failures are retried. */
export async function addBuiltInTemplates(
  { executor, ids, clock }: BuiltInParts,
  signal: AbortSignal,
): Promise<void> {
  for (const content of BUILT_IN_TEMPLATES) {
    const templateId = templateIdOf(content.name);
    for (let pause = FIRST_PAUSE_MS; !signal.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      try {
        await executor.execute(
          serviceTemplates,
          templateId,
          { kind: 'addBuiltIn', templateId, content, revision: BUILT_IN_REVISION },
          contextOf(ids),
        );
        break;
      } catch {
        // Store problems are reported elsewhere.
        await clock.sleep(pause, signal);
      }
    }
  }
}

function contextOf(ids: Ids): CommandContext {
  const commandId = ids.uuid();
  return {
    commandId,
    repeatable: false,
    bodyDigest: '',
    correlationId: commandId,
    causationId: commandId,
    actor: 'saga:built-in-templates',
    surface: SERVICES_SURFACE,
  };
}
