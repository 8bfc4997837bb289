import {
  BUILT_IN_REVISION,
  BUILT_IN_TEMPLATES,
  serviceTemplates,
  templateIdOf,
} from '#domain/services/template/index.js';
import { backOff } from '#domain/kernel/back-off.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { Ids } from '#domain/kernel/ports/ids.js';
import { uncausedContext, type CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import { SERVICES_SURFACE } from './surface.js';

const retryDelay = backOff({ firstMs: 250, mostMs: 30_000 });

export interface BuiltInParts {
  readonly executor: Pick<CommandExecutor, 'execute'>;
  readonly ids: Ids;
  readonly clock: Pick<Clock, 'sleep'>;
}

/** Adds Muster's built-in templates unless they exist. If several servers start at the same time, one of them succeeds. Failures are retried. */
export async function addBuiltInTemplates(
  { executor, ids, clock }: BuiltInParts,
  signal: AbortSignal,
): Promise<void> {
  for (const content of BUILT_IN_TEMPLATES) {
    const templateId = templateIdOf(content.name);
    for (let failures = 1; !signal.aborted; failures += 1) {
      try {
        await executor.execute(
          serviceTemplates,
          templateId,
          { kind: 'addBuiltIn', templateId, content, revision: BUILT_IN_REVISION },
          uncausedContext(ids.uuid(), 'saga:built-in-templates', SERVICES_SURFACE),
        );
        break;
      } catch {
        await clock.sleep(retryDelay(failures), signal);
      }
    }
  }
}
