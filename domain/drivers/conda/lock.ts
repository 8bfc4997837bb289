import { z } from 'zod';
import { canonicalJson } from '../../canonical.js';
import { packageName } from './package-spec.js';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hexadecimal');
const version = z.string().regex(/^[A-Za-z0-9.+!_-]{1,64}$/, 'must be a version');
/** Without user, password, token or query: what lets a node in is the node's own. */
const source = z
  .string()
  .max(1024)
  .regex(/^(https?|file):\/\/[^\s@?#]+$/, 'must be an http, https or file URL without credentials');
const bytes = z.number().int().nonnegative();

/** The kinds of back ends whose packages can be told apart: what solves with conda's packages, and what only has the Python index. */
export const BACKENDS = ['micromamba', 'mamba', 'conda', 'rattler', 'venv'] as const;
export type Backend = (typeof BACKENDS)[number];

const condaPackage = z.strictObject({
  name: packageName,
  version,
  build: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/),
  /** Which of the lock's channels it comes from, and the folder there. */
  channel: z.number().int().nonnegative(),
  subdir: z.string().regex(/^[a-z0-9-]{1,32}$/),
  /** Name of its file, where it is not `<name>-<version>-<build>.conda`. */
  file: z
    .string()
    .regex(/^[A-Za-z0-9._+!-]{1,255}$/)
    .optional(),
  sha256,
  size: bytes,
});

const pipPackage = z.strictObject({ name: packageName, version, url: source, sha256, size: bytes });

/**
 * The exact packages that a solver chose: what a generation of an environment is made of, the same on every node of its platform. Packages are
 * sorted by name, so that equal choices are equal texts.
 */
export const lock = z.strictObject({
  /** Of this form: 1. A number with bounds, as generators of clients fail at numbers that are listed. */
  version: z.number().int().min(1).max(1),
  /** conda's word for system and processor. */
  platform: z.string().regex(/^[a-z0-9-]{1,32}$/),
  /** Of Python itself, where packages of conda do not bring one; and of the environment in any case where it has one. */
  python: version.optional(),
  channels: z.array(source).max(16),
  packages: z.array(condaPackage).max(2000),
  pip: z.array(pipPackage).max(2000),
});
export type Lock = z.infer<typeof lock>;

/** Of a lock as JSON: a result that holds one stays within what a result may be, and so does the `config` of a build that begins with it. */
export const MAX_LOCK_BYTES = 120_000;

/** A lock as it is hashed, sent and kept: its hash is the SHA-256 of this text in UTF-8. */
export function lockText(given: Lock): string {
  return canonicalJson(given);
}

/** Where a package of conda is fetched from. */
export function packageUrl({ channels }: Pick<Lock, 'channels'>, { channel, subdir, name, version: is, build, file }: Lock['packages'][number]): string {
  return `${(channels[channel] ?? '').replace(/\/+$/, '')}/${subdir}/${file ?? `${name}-${is}-${build}.conda`}`;
}

/** A lock, or a generation by its lock. */
export const lockHash = sha256;
