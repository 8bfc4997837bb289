import type { JobSpecification } from '#domain/jobs/job/specification.js';
import { tenantSubject } from '#domain/kernel/sealing/index.js';
import {
  environmentEvent,
  runInputsOf,
  specificationOf,
  type AwaitedRun,
  type OpenRun,
  type PresentTask,
  type SecretProblem,
} from '#domain/tasks/task/index.js';
import { secretValues, type SecretsHost } from '#src/accounts/index.js';
import { openEnvironment, sealEnvironment } from '#src/fleet/sealed-environments/index.js';

/** Maximum size of a job in an event, in bytes, with room for the fields around it. */
const MAX_JOB_BYTES = 229_376;

/**
 * Builds the job of an attempt. Secret references are replaced by their current values, sealed with the rest of the environment. Returns the reason
 * if that is impossible.
 */
export async function preparedJob(
  host: SecretsHost,
  task: Pick<PresentTask, 'taskId' | 'tenantId'>,
  run: OpenRun,
  after?: AwaitedRun,
): Promise<{ readonly specification: JobSpecification } | SecretProblem> {
  const { tenantId } = task;
  const { sealedEnvironment, references } = runInputsOf(run);
  const wanted = Object.entries(references ?? {});
  if (wanted.length === 0) return { specification: specificationOf(run, task, undefined, after) };
  const values = await secretValues(
    host,
    tenantId,
    wanted.map(([, name]) => name),
  );
  const missing = wanted.find(([, name]) => !values.has(name));
  if (missing !== undefined) return { problem: 'missing', name: missing[1] };
  // An environment that an event of the task already stores is not repeated. The order combines both.
  const isStored = environmentEvent(run) !== undefined;
  const own =
    sealedEnvironment === undefined || isStored
      ? undefined
      : await openEnvironment(host.sealer, sealedEnvironment);
  const referred = wanted.map(([variable, name]) => [variable, values.get(name) ?? ''] as const);
  const environment = Object.fromEntries([...Object.entries(own ?? {}), ...referred]);
  const sealed = await sealEnvironment(host.sealer, tenantSubject(tenantId), environment);
  const specification = specificationOf(run, task, sealed, after);
  const bytes =
    Buffer.byteLength(JSON.stringify(specification)) + (isStored ? (sealedEnvironment?.length ?? 0) : 0);
  return bytes > MAX_JOB_BYTES ? { problem: 'too_large' } : { specification };
}
