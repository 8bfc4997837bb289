import { z } from 'zod';
import { canonicalJson } from '../../kernel/canonical.js';
import { sha256 } from '../../kernel/sha256.js';
import { packageName } from './package-spec.js';

const version = z.string().regex(/^[A-Za-z0-9.+!_-]{1,64}$/, 'must be a version');
const source = z
  .string()
  .max(1024)
  .regex(/^(https?|file):\/\/[^\s@?#]+$/, 'must be an http, https or file URL without credentials');
const bytes = z.number().int().nonnegative();

/** Solvers of conda packages, and `venv`, which only installs from the Python index. */
export const BACKENDS = ['micromamba', 'mamba', 'conda', 'rattler', 'venv'] as const;
export type Backend = (typeof BACKENDS)[number];

const condaPackage = z.strictObject({
  name: packageName,
  version,
  build: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/),
  channel: z.number().int().nonnegative(),
  subdir: z.string().regex(/^[a-z0-9-]{1,32}$/),
  file: z
    .string()
    .regex(/^[A-Za-z0-9._+!-]{1,255}$/)
    .optional(),
  sha256,
  size: bytes,
});

const pipPackage = z.strictObject({ name: packageName, version, url: source, sha256, size: bytes });

/**
 * The exact packages that a solver chose for a generation of an environment, the same on every node of its platform. Packages are sorted by name, so
 * equal choices produce identical JSON.
 */
export const lock = z.strictObject({
  /** Format version 1. Declared as a bounded number, because client generators fail on numeric enums. */
  version: z.number().int().min(1).max(1),
  platform: z.string().regex(/^[a-z0-9-]{1,32}$/),
  python: version.optional(),
  channels: z.array(source).max(16),
  packages: z.array(condaPackage).max(2000),
  pip: z.array(pipPackage).max(2000),
});
export type Lock = z.infer<typeof lock>;

/** Maximum size of a package file, in bytes. Stored locks may claim more, which does not raise the limit. */
export const MAX_PACKAGE_BYTES = 8_000_000_000;

/** Maximum size of a lock as JSON, in bytes. It keeps a build's result and `config` within their limits. */
export const MAX_LOCK_BYTES = 120_000;

/** Returns the canonical JSON of a lock, which is hashed, sent and stored. The lock's hash is the SHA-256 of this string in UTF-8. */
export function lockText(given: Lock): string {
  return canonicalJson(given);
}

export function packageUrl(
  { channels }: Pick<Lock, 'channels'>,
  { channel, subdir, name, version: is, build, file }: Lock['packages'][number],
): string {
  return `${(channels[channel] ?? '').replace(/\/+$/, '')}/${subdir}/${file ?? `${name}-${is}-${build}.conda`}`;
}

export const lockHash = sha256;
