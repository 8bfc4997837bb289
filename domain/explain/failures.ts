import type { MusterEvent } from '../event-types/index.js';

type Type = MusterEvent['type'];

/** Event types that always mean a failure. */
const ALWAYS: ReadonlySet<string> = new Set<Type>([
  'NodeWentDown',
  'EnvironmentBuildFailed',
  'ServiceFailed',
  'TaskRunRetried',
]);
/** Event types that mean a failure only if their `outcome` is one. */
const ENDS: ReadonlySet<string> = new Set<Type>([
  'AllocationReleased',
  'JobDeploymentSettled',
  'DeploymentSettled',
  'TaskRunEnded',
  'TaskNoticeEnded',
  'GpuClaimEnded',
]);
const FAILED: ReadonlySet<unknown> = new Set(['failed', 'lost', 'timeout']);

/** `data`: the event's data as JSON. */
export function isFailure(type: string, data: string): boolean {
  if (ALWAYS.has(type)) return true;
  if (!ENDS.has(type)) return false;
  try {
    return FAILED.has((JSON.parse(data) as { readonly outcome?: unknown } | null)?.outcome);
  } catch {
    // A foreign event may contain any string.
    return false;
  }
}
