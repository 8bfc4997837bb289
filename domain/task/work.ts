import { z } from 'zod';
import { headerName, HTTP_METHODS, httpUrl, listedExpectation, MAX_HEADERS, MAX_PIECES } from '../drivers/http/index.js';
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
  bodyPieces: z.number().int().min(0).max(MAX_PIECES),
  expect: listedExpectation.optional(),
  sealedEnvironment: sealedText.optional(),
  references: references.optional(),
});

/** What a task does, by its executor. What could be secret is sealed for the tenant. */
export const taskWork = z.discriminatedUnion('executor', [shellWork, pythonWork, httpWork]);
export type TaskWork = z.infer<typeof taskWork>;
export type Executor = TaskWork['executor'];
export const EXECUTORS = ['shell', 'http', 'python'] as const satisfies readonly Executor[];
