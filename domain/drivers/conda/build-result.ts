import { z } from 'zod';
import { BACKENDS, lock, lockHash } from './lock.js';

/** Why a requested package could not be installed. `broken`: it exists, but could not be fetched, verified, unpacked or installed. */
export const PACKAGE_FAILURES = ['not_found', 'conflict', 'not_installed', 'broken'] as const;

/** Maximum length of the error text; its end is retained. */
export const MAX_BUILD_ERROR = 16_384;

/** Maximum length in characters of the build's output; its end is retained, and less of it when the lock is long. */
export const MAX_BUILD_LOG = 32_768;

const log = z.string().max(MAX_BUILD_LOG).optional();

/** Result of a build. `log` is the end of its output without secrets, for when its node is gone. */
export const buildResult = z.discriminatedUnion('outcome', [
  z.strictObject({
    outcome: z.literal('built'),
    backend: z.enum(BACKENDS),
    lock,
    hash: lockHash,
    /** Bytes on disk, including files shared with other environments; null: it was only planned. */
    disk: z.number().int().nonnegative().nullable(),
    /** Duration of each step in milliseconds. */
    took: z.strictObject({ solve: z.number().nonnegative(), build: z.number().nonnegative() }),
    log,
  }),
  z.strictObject({
    outcome: z.literal('failed'),
    step: z.enum(['solve', 'fetch', 'install', 'pip']),
    /** Requested packages that could not be installed. */
    failed: z.array(z.strictObject({ name: z.string().max(256), why: z.enum(PACKAGE_FAILURES) })).max(500),
    error: z.string().max(MAX_BUILD_ERROR),
    log,
  }),
]);
export type BuildResult = z.infer<typeof buildResult>;
