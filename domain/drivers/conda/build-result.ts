import { z } from 'zod';
import { BACKENDS, lock, lockHash } from './lock.js';

/** Why a package that was asked for could not be had. `broken`: it is there, and could not be fetched, checked, unpacked or installed. */
export const PACKAGE_FAILURES = ['not_found', 'conflict', 'not_installed', 'broken'] as const;

/** Of the error's text: its end. */
export const MAX_BUILD_ERROR = 16_384;

/** Of what the build wrote: its end, in characters, and fewer where the lock is long. */
export const MAX_BUILD_LOG = 32_768;

const log = z.string().max(MAX_BUILD_LOG).optional();

/** What a build gives back. `log`: the end of what it wrote, without secrets, for when its node is gone. */
export const buildResult = z.discriminatedUnion('outcome', [
  z.strictObject({
    outcome: z.literal('built'),
    backend: z.enum(BACKENDS),
    lock,
    /** SHA-256 of the lock's text. */
    hash: lockHash,
    /** Bytes of the environment on disk, files that it shares with others counted whole; null: it was only planned. */
    disk: z.number().int().nonnegative().nullable(),
    /** Milliseconds of each step. */
    took: z.strictObject({ solve: z.number().nonnegative(), build: z.number().nonnegative() }),
    log,
  }),
  z.strictObject({
    outcome: z.literal('failed'),
    step: z.enum(['solve', 'fetch', 'install', 'pip']),
    /** Of the packages that were asked for, those that it failed at. */
    failed: z.array(z.strictObject({ name: z.string().max(256), why: z.enum(PACKAGE_FAILURES) })).max(500),
    /** The end of what the solver or installer said itself. */
    error: z.string().max(MAX_BUILD_ERROR),
    log,
  }),
]);
export type BuildResult = z.infer<typeof buildResult>;
