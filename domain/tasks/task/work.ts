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

export const MAX_COMMAND = 65_536;

const text = (max: number) => z.string().min(1).max(max).regex(PLAIN_NAME, PLAIN_NAME_RULE);
const absolute = text(4096).startsWith('/', 'must be an absolute path');
const command = text(MAX_COMMAND);

/** Run by `/bin/sh -c`, or by the interpreter of its first line (`#!`). */
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
  arguments: z.number().int().min(0).max(MAX_ARGUMENTS),
  pythonPath: absolute.optional(),
  workingDirectory: absolute.optional(),
  sealedEnvironment: sealedText.optional(),
  references: references.optional(),
});

export const httpWork = z.strictObject({
  executor: z.literal('http'),
  url: httpUrl,
  /** The URL here is only an origin, and the whole URL is one of the sealed values, because its path or query may authorize the call. */
  urlSealed: z.literal(true).optional(),
  method: z.enum(HTTP_METHODS),
  headers: z.array(headerName).max(MAX_HEADERS),
  bodyPieces: z.number().int().min(0).max(MAX_BODY_PIECES),
  expect: listedExpectation.optional(),
  sealedEnvironment: sealedText.optional(),
  references: references.optional(),
});

export type HttpWork = z.infer<typeof httpWork>;

/** Returns what a definition stores of a URL in plain text. */
export function storedUrl(url: string): Pick<HttpWork, 'url' | 'urlSealed'> {
  return isSecretUrl(url) ? { url: originOf(url), urlSealed: true } : { url };
}

/** Whether a URL has more than an origin. */
export function isSecretUrl(url: string): boolean {
  return !['', '/'].includes(url.slice(originOf(url).length));
}

/** Returns scheme, host and port. */
export function originOf(url: string): string {
  const [origin = ''] = /^https?:\/\/[^/?#]+/i.exec(url) ?? [];
  return origin.replace(/^https?/i, (scheme) => scheme.toLowerCase());
}

/** Maximum length of the requirements in characters. */
export const MAX_REQUIREMENTS = 32_768;

/** Runs in the generation of the environment that is current when the run starts. */
export const condaWork = z.strictObject({
  executor: z.literal('conda'),
  environmentId: z.uuid(),
  called: z.string().max(400),
  script: z.union([z.strictObject({ path: absolute }), z.strictObject({ content: text(MAX_SCRIPT) })]),
  requirements: text(MAX_REQUIREMENTS).optional(),
  sealedEnvironment: sealedText.optional(),
  references: references.optional(),
});
export type CondaWork = z.infer<typeof condaWork>;

/** Values that may be secret are sealed for the tenant. */
export const taskWork = z.discriminatedUnion('executor', [shellWork, pythonWork, httpWork, condaWork]);
export type TaskWork = z.infer<typeof taskWork>;
export type Executor = TaskWork['executor'];
export type PlainWork = Exclude<TaskWork, CondaWork>;
export const EXECUTORS = ['shell', 'http', 'python'] as const satisfies readonly PlainWork['executor'][];

/** Narrows to non-conda work, and throws otherwise. */
export function plainWork(work: TaskWork): PlainWork {
  if (work.executor === 'conda') throw new Error('conda tasks are only shown by the environments API');
  return work;
}
