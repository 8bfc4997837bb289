import { z } from 'zod';
import { headerName, HTTP_METHODS, httpUrl, listedExpectation, MAX_HEADERS, MAX_BODY_PIECES } from '../drivers/http/index.js';
import { MAX_SCRIPT } from '../drivers/conda/index.js';
import { MAX_ARGUMENTS } from '../drivers/python/index.js';
import { PLAIN_NAME, PLAIN_NAME_RULE } from '../plain-name.js';
import { sealedText } from '../sealing/index.js';
import { references } from './references.js';

/** Characters of a command. */
export const MAX_COMMAND = 65_536;

const text = (max: number) => z.string().min(1).max(max).regex(PLAIN_NAME, PLAIN_NAME_RULE);
const absolute = text(4096).startsWith('/', 'must be an absolute path');
const command = text(MAX_COMMAND);

/** A command line that `/bin/sh -c` runs. */
export const shellWork = z.strictObject({
  executor: z.literal('shell'),
  command,
  workingDirectory: absolute.optional(),
  sealedEnvironment: sealedText.optional(),
  references: references.optional(),
});

/** A script of the worker, or `-c` with the code as the first argument. */
export const pythonWork = z.strictObject({
  executor: z.literal('python'),
  command: text(4096),
  /** How many: they are sealed with the environment (`secrets.ts`). */
  arguments: z.number().int().min(0).max(MAX_ARGUMENTS),
  pythonPath: absolute.optional(),
  workingDirectory: absolute.optional(),
  sealedEnvironment: sealedText.optional(),
  references: references.optional(),
});

/** One call of a worker. */
export const httpWork = z.strictObject({
  executor: z.literal('http'),
  url: httpUrl,
  method: z.enum(HTTP_METHODS),
  /** Names: their values are sealed with the environment. */
  headers: z.array(headerName).max(MAX_HEADERS),
  /** Pieces of the body, sealed with the environment; none: there is no body. */
  bodyPieces: z.number().int().min(0).max(MAX_BODY_PIECES),
  expect: listedExpectation.optional(),
  sealedEnvironment: sealedText.optional(),
  references: references.optional(),
});

/** Characters of what a task asks pip for. */
export const MAX_REQUIREMENTS = 32_768;

/** A script that runs in an environment of conda: in the generation that is current when a run begins. */
export const condaWork = z.strictObject({
  executor: z.literal('conda'),
  environmentId: z.uuid(),
  /** What the environment was called when the task was made. */
  called: z.string().max(400),
  /** A file of the node, or the code itself. */
  script: z.union([z.strictObject({ path: absolute }), z.strictObject({ content: text(MAX_SCRIPT) })]),
  /** What the task asked for when it was made, as it was said: its environment holds it since. */
  requirements: text(MAX_REQUIREMENTS).optional(),
  sealedEnvironment: sealedText.optional(),
  references: references.optional(),
});
export type CondaWork = z.infer<typeof condaWork>;

/** What a task does, by its executor. What could be secret is sealed for the tenant. */
export const taskWork = z.discriminatedUnion('executor', [shellWork, pythonWork, httpWork, condaWork]);
export type TaskWork = z.infer<typeof taskWork>;
export type Executor = TaskWork['executor'];
/** What tasks of the tasks surface do; conda's are its own. */
export type PlainWork = Exclude<TaskWork, CondaWork>;
export const EXECUTORS = ['shell', 'http', 'python'] as const satisfies readonly PlainWork['executor'][];

/** Of a task that is none of conda's. */
export function plainWork(work: TaskWork): PlainWork {
  if (work.executor === 'conda') throw new Error('a task of conda is shown by conda alone');
  return work;
}
