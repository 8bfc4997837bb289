import { z } from 'zod';
import type { DriverDefinition } from '../definition.js';
import { outputOption, processOutput } from '../output.js';
import { runAsFields, program, rejectTwoUsers } from '../program.js';
import { textOf } from '../text.js';
import { PLAIN_NAME, PLAIN_NAME_RULE } from '../../plain-name.js';
import { buildResult } from './build-result.js';
import { lock, lockHash } from './lock.js';
import { condaSpec, pipRequirement } from './package-spec.js';

export * from './build-result.js';
export * from './lock.js';
export * from './package-spec.js';

/** The attribute by which a node says what solves and builds there. */
export const CONDA_BACKEND = 'conda.backend';
/** And for which system and processor, in conda's word. */
export const CONDA_PLATFORM = 'conda.platform';

/** Characters of a script that is given as it is. */
export const MAX_SCRIPT = 131_072;

/** A channel as a setting of the node names it: a name, or a URL. Others are refused there. */
const channel = z
  .string()
  .max(1024)
  .regex(/^([A-Za-z0-9][A-Za-z0-9._/-]*|(https?|file):\/\/[^\s@?#]+)$/, 'must be the name of a channel, or an http, https or file URL without credentials');

/** Solves what is asked for and makes it ready to be run, or only says what it would be. Ends with exit code 0 where it could; its result says what came of it. */
const build = z
  .strictObject({
    action: z.literal('build'),
    specs: z.array(condaSpec).max(500),
    pip: z.array(pipRequirement).max(500),
    channels: z.array(channel).max(16),
    /** What is there: its packages stay as they are as far as they can. */
    base: lock.optional(),
    /** To be made as it is, without solving. */
    lock: lock.optional(),
    /** Solves, and builds nothing. */
    plan: z.literal(true).optional(),
    ...runAsFields,
  })
  .superRefine(rejectTwoUsers);

/** Runs a Python script in the environment that a lock is. A node that does not have it there makes it first. */
const run = z
  .strictObject({
    action: z.literal('run'),
    lock: lockHash,
    /** Path of a script on the node, or where its text is. */
    script: z.union([
      z.strictObject({ path: program.work_dir }),
      z.strictObject({ content: textOf(z.string().min(1).max(MAX_SCRIPT).regex(PLAIN_NAME, PLAIN_NAME_RULE)) }),
    ]),
    ...runAsFields,
    ...outputOption,
  })
  .superRefine(rejectTwoUsers);

const condaConfig = z.discriminatedUnion('action', [build, run]);
export type CondaConfig = z.infer<typeof condaConfig>;
export type CondaBuild = Extract<CondaConfig, { action: 'build' }>;
export type CondaRun = Extract<CondaConfig, { action: 'run' }>;

/** Environments of exact packages, and Python scripts that run in them. */
export const condaDriver: DriverDefinition<CondaConfig> = { name: 'conda', config: condaConfig, result: z.union([buildResult, processOutput]) };
