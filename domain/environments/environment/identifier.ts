import { z } from 'zod';
import { UuidNamespace } from '../../kernel/name-uuid.js';

export const BUILD_JOBS = 'conda.';

export const environmentId = z.uuid();
export const buildNumber = z.number().int().positive().max(Number.MAX_SAFE_INTEGER);
export const generationNumber = buildNumber;

const RESERVED = ['base', 'root'];

export const environmentName = z
  .string()
  .min(1, 'must not be empty')
  .max(100, 'at most 100 characters')
  .regex(/^[\p{L}\p{N}\p{M}._-]*$/u, 'only letters, digits, ".", "_" and "-"')
  .regex(/^(?!-)/, 'must not begin with "-"')
  .regex(/[\p{L}\p{N}]/u, 'must contain a letter or a digit')
  .refine((name) => !RESERVED.includes(name.toLowerCase()), 'is reserved for conda’s own environment');

const NAMES = new UuidNamespace('7d0f3a5e-1c92-5b7f-9f0e-2b6c4d1a8e33');

export function environmentNameReservation(tenantId: string, name: string): string {
  return NAMES.of(JSON.stringify([tenantId, name.normalize('NFC')]));
}

export function buildJobOf(environment: string, build: number): string {
  return `${BUILD_JOBS}${environment}.${build}`;
}

const BUILD_JOB = /^conda\.([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\.([1-9]\d{0,15})$/;

export function buildOf(
  jobId: string,
): { readonly environmentId: string; readonly build: number } | undefined {
  if (!jobId.startsWith(BUILD_JOBS)) return undefined;
  const [, environment, build] = BUILD_JOB.exec(jobId) ?? [];
  return environment === undefined || build === undefined
    ? undefined
    : { environmentId: environment, build: Number(build) };
}
