import { resolve } from 'node:path';
import { pipRequirement } from '#domain/drivers/conda/index.js';
import { MAX_SPECS } from '#domain/environments/environment/index.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import { referencesOf, variablesOf, type CondaWork, type TaskDefinition } from '#domain/tasks/task/index.js';
import type { CreateTaskBody } from './task-contract.js';

/** Maximum size of a script as JSON, in bytes. The whole task must fit into one append. */
const MAX_SCRIPT_BYTES = 160_000;

/** Parses a script, which is a path or code. `roots`: allowed directories for paths. Throws `MUSTER_E_INVALID`. */
export function scriptIn(given: string, roots: readonly string[]): CondaWork['script'] {
  const invalid = (problem: string): MusterError =>
    new MusterError('MUSTER_E_INVALID', { field: 'script', problem });
  const line = given.trim();
  const isPath = !/[\r\n]/.test(line) && (line.startsWith('/') || line.endsWith('.py'));
  if (!isPath) {
    if (Buffer.byteLength(JSON.stringify(given)) > MAX_SCRIPT_BYTES)
      throw invalid(`is larger than ${MAX_SCRIPT_BYTES} bytes as JSON`);
    return { content: given };
  }
  if (roots.length === 0)
    throw invalid(
      'is a path, but this server does not allow paths: send the code itself, or ask an administrator to set MUSTER_SCRIPT_ROOTS',
    );
  const isWithin =
    resolve(line) === line && roots.some((root) => line.startsWith(root.endsWith('/') ? root : `${root}/`));
  if (!isWithin)
    throw invalid(`must be the absolute path of a file below one of ${roots.join(', ')}, or the code itself`);
  return { path: line };
}

/** Parses a `requirements.txt`, ignoring comments. Throws `MUSTER_E_INVALID` with the line number. */
export function requirementsIn(text: string): readonly string[] {
  const wanted = text.split(/\r?\n/).flatMap((line, index) => {
    const requirement = line.replace(/(^|\s)#.*$/, '').trim();
    if (requirement === '') return [];
    const parsed = pipRequirement.safeParse(requirement);
    if (!parsed.success)
      throw new MusterError('MUSTER_E_INVALID', {
        field: 'requirements',
        problem: `line ${index + 1}: ${parsed.error.issues[0]?.message ?? 'cannot be read'}`,
      });
    return [requirement];
  });
  if (wanted.length > MAX_SPECS)
    throw new MusterError('MUSTER_E_INVALID', {
      field: 'requirements',
      problem: `must list at most ${MAX_SPECS} packages`,
    });
  return wanted;
}

export function variablesIn({ environment }: CreateTaskBody): ReturnType<typeof variablesOf> {
  return environment === undefined ? undefined : variablesOf({ environment });
}

/** `now`: milliseconds since the epoch. An immediate run is due just after `now`. */
export function timingIn(
  { cron_expression, delay_seconds = 0 }: CreateTaskBody,
  timezone: string,
  now: number,
): TaskDefinition['timing'] {
  const rules = { timezone, concurrency: 'forbid', misfire: 'once', jitterSeconds: 0 } as const;
  return cron_expression === undefined
    ? { ...rules, runAt: now + Math.max(1, Math.round(delay_seconds * 1000)) }
    : { ...rules, pattern: cron_expression };
}

export interface Parts {
  readonly name: string;
  readonly script: CondaWork['script'];
  readonly environment: { readonly environmentId: string; readonly called: string };
  readonly timing: TaskDefinition['timing'];
  readonly sealedEnvironment: string | undefined;
}

export function definitionOf(
  body: CreateTaskBody,
  { name, script, environment, timing, sealedEnvironment }: Parts,
): TaskDefinition {
  const { requirements, timeout_seconds: timeoutSeconds = 0, cpu, memory_mb: memory } = body;
  const references = body.environment && referencesOf({ environment: body.environment });
  return {
    name,
    timing,
    priority: 'normal',
    retryCount: 0,
    retryDelaySeconds: 10,
    timeoutSeconds,
    onLost: 'retry',
    labels: {},
    keepRuns: 1000,
    resources: { cpu, memory },
    work: {
      executor: 'conda',
      ...environment,
      script,
      ...(requirements !== undefined && requirements !== '' && { requirements }),
      ...(sealedEnvironment !== undefined && { sealedEnvironment }),
      ...(references && { references }),
    },
  };
}
