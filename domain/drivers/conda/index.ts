import { z } from 'zod';
import type { DriverDefinition } from '../definition.js';
import { outputOption, processOutput } from '../output.js';
import { runAsFields, program, rejectTwoUsers } from '../program.js';
import { textOf } from '../text.js';
import { PLAIN_NAME, PLAIN_NAME_RULE } from '../../kernel/plain-name.js';
import { buildResult } from './build-result.js';
import { lock, lockHash } from './lock.js';
import { condaSpec, pipRequirement } from './package-spec.js';

export * from './build-result.js';
export * from './lock.js';
export * from './package-spec.js';

/** Node attribute: the back end that solves and builds environments on the node. */
export const CONDA_BACKEND = 'conda.backend';
export const CONDA_PLATFORM = 'conda.platform';

/** Maximum length of an inline script, in characters. */
export const MAX_SCRIPT = 131_072;

const channel = z
  .string()
  .max(1024)
  .regex(
    /^([A-Za-z0-9][A-Za-z0-9._/-]*|(https?|file):\/\/[^\s@?#]+)$/,
    'must be the name of a channel, or an http, https or file URL without credentials',
  );

const build = z
  .strictObject({
    action: z.literal('build'),
    specs: z.array(condaSpec).max(500),
    pip: z.array(pipRequirement).max(500),
    channels: z.array(channel).max(16),
    base: lock.optional(),
    lock: lock.optional(),
    plan: z.literal(true).optional(),
    ...runAsFields,
  })
  .superRefine(rejectTwoUsers);

/** Runs a Python script in the environment of a lock. A node that does not have the environment builds it first. */
const run = z
  .strictObject({
    action: z.literal('run'),
    lock: lockHash,
    script: z.union([
      z.strictObject({ path: program.work_dir }),
      z.strictObject({
        content: textOf(z.string().min(1).max(MAX_SCRIPT).regex(PLAIN_NAME, PLAIN_NAME_RULE)),
      }),
    ]),
    ...runAsFields,
    ...outputOption,
  })
  .superRefine(rejectTwoUsers);

const condaConfig = z.discriminatedUnion('action', [build, run]);
export type CondaConfig = z.infer<typeof condaConfig>;
export type CondaBuild = Extract<CondaConfig, { action: 'build' }>;
export type CondaRun = Extract<CondaConfig, { action: 'run' }>;

/** Builds environments of exact packages and runs Python scripts in them. */
export const condaDriver: DriverDefinition<CondaConfig> = {
  name: 'conda',
  config: condaConfig,
  result: z.union([buildResult, processOutput]),
};
