import { z } from 'zod';
import { BACKENDS, lock, lockHash } from './lock.js';

export const PACKAGE_FAILURES = ['not_found', 'conflict', 'not_installed', 'broken'] as const;

export const MAX_BUILD_ERROR = 16_384;

/** Maximum length of a build's output in characters. Only the end of the output is retained, and less of it if the lock is long. */
export const MAX_BUILD_LOG = 32_768;

const log = z.string().max(MAX_BUILD_LOG).optional();

/** Result of a build. `log`: the end of the build's output without secrets, stored because the node may no longer exist when the log is read. */
export const buildResult = z.discriminatedUnion('outcome', [
  z.strictObject({
    outcome: z.literal('built'),
    backend: z.enum(BACKENDS),
    lock,
    hash: lockHash,
    disk: z.number().int().nonnegative().nullable(),
    /** Duration of each step in milliseconds. */
    took: z.strictObject({ solve: z.number().nonnegative(), build: z.number().nonnegative() }),
    log,
  }),
  z.strictObject({
    outcome: z.literal('failed'),
    step: z.enum(['solve', 'fetch', 'install', 'pip']),
    failed: z.array(z.strictObject({ name: z.string().max(256), why: z.enum(PACKAGE_FAILURES) })).max(500),
    error: z.string().max(MAX_BUILD_ERROR),
    log,
  }),
]);
export type BuildResult = z.infer<typeof buildResult>;
