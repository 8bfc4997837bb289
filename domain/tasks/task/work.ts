import { z } from 'zod';
import {
  headerName,
  HTTP_METHODS,
  httpUrl,
  listedExpectation,
  MAX_HEADERS,
  MAX_BODY_PIECES,
} from '../../drivers/http/index.js';
import { MAX_SCRIPT } from '../../drivers/conda/index.js';
import { MAX_ARGUMENTS } from '../../drivers/python/index.js';
import { PLAIN_NAME, PLAIN_NAME_RULE } from '../../kernel/plain-name.js';
import { sealedText } from '../../kernel/sealing/index.js';
import { references } from './references.js';

/** In characters. */
export const MAX_COMMAND = 65_536;

const text = (max: number) => z.string().min(1).max(max).regex(PLAIN_NAME, PLAIN_NAME_RULE);
const absolute = text(4096).startsWith('/', 'must be an absolute path');
const command = text(MAX_COMMAND);

/** Run by `/bin/sh -c`. */
export const shellWork = z.strictObject({
  executor: z.literal('shell'),
  command,
  workingDirectory: absolute.optional(),
  sealedEnvironment: sealedText.optional(),
  references: references.optional(),
});

/** A script on the worker, or `-c` with the code as the first argument. */
export const pythonWork = z.strictObject({
  executor: z.literal('python'),
  command: text(4096),
  /** Their number; the values are sealed with the environment (`secrets.ts`). */
  arguments: z.number().int().min(0).max(MAX_ARGUMENTS),
  pythonPath: absolute.optional(),
  workingDirectory: absolute.optional(),
  sealedEnvironment: sealedText.optional(),
  references: references.optional(),
});

export const httpWork = z.strictObject({
  executor: z.literal('http'),
  url: httpUrl,
  method: z.enum(HTTP_METHODS),
  /** Names; the values are sealed with the environment. */
  headers: z.array(headerName).max(MAX_HEADERS),
  /** Number of pieces of the body, which are sealed with the environment; 0: no body. */
  bodyPieces: z.number().int().min(0).max(MAX_BODY_PIECES),
  expect: listedExpectation.optional(),
  sealedEnvironment: sealedText.optional(),
  references: references.optional(),
});

/** In characters. */
export const MAX_REQUIREMENTS = 32_768;

/** Runs in the generation of an environment that is current when the run starts. */
export const condaWork = z.strictObject({
  executor: z.literal('conda'),
  environmentId: z.uuid(),
  called: z.string().max(400),
  script: z.union([z.strictObject({ path: absolute }), z.strictObject({ content: text(MAX_SCRIPT) })]),
  /** The original pip requirements; its environment has contained them since. */
  requirements: text(MAX_REQUIREMENTS).optional(),
  sealedEnvironment: sealedText.optional(),
  references: references.optional(),
});
export type CondaWork = z.infer<typeof condaWork>;

/** Possible secrets are sealed for the tenant. */
export const taskWork = z.discriminatedUnion('executor', [shellWork, pythonWork, httpWork, condaWork]);
export type TaskWork = z.infer<typeof taskWork>;
export type Executor = TaskWork['executor'];
export type PlainWork = Exclude<TaskWork, CondaWork>;
export const EXECUTORS = ['shell', 'http', 'python'] as const satisfies readonly PlainWork['executor'][];

/** Narrows to non-conda work; throws otherwise. */
export function plainWork(work: TaskWork): PlainWork {
  if (work.executor === 'conda') throw new Error('a task of conda is shown by conda alone');
  return work;
}
