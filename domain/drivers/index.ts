import { condaDriver } from './conda/index.js';
import type { DriverDefinition } from './definition.js';
import { dockerDriver } from './docker/index.js';
import { execDriver } from './exec/index.js';
import { httpDriver } from './http/index.js';
import { pythonDriver } from './python/index.js';
import { describeIssue } from '../kernel/errors/index.js';

export { driverName, MAX_RESULT_BYTES, type DriverDefinition } from './definition.js';
export { combinedOutput, MAX_OUTPUT_BYTES, processOutput, type ProcessOutput } from './output.js';
export { httpUrl } from './http/url.js';
export type { Text } from './text.js';

export const DRIVERS: readonly DriverDefinition[] = [
  condaDriver,
  dockerDriver,
  execDriver,
  httpDriver,
  pythonDriver,
];

export interface DriverProblem {
  readonly field: string;
  readonly problem: string;
}

/** Returns what the task's driver rejects, or undefined if the configuration is valid. */
export function driverProblem(
  { driver, config }: { readonly driver: string; readonly config: unknown },
  drivers: readonly DriverDefinition[] = DRIVERS,
): DriverProblem | undefined {
  const definition = drivers.find(({ name }) => name === driver);
  if (definition === undefined)
    return {
      field: 'driver',
      problem: `unknown driver ${driver}; known drivers: ${drivers.map(({ name }) => name).join(', ')}`,
    };
  const { error } = definition.config.safeParse(config);
  if (error === undefined) return undefined;
  const { path, problem } = describeIssue(error.issues);
  return { field: ['config', ...path].join('.'), problem };
}
