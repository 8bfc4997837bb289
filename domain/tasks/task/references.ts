import { z } from 'zod';
import { environmentName } from '../../kernel/environment-name.js';
import { secretName } from '../../accounts/secret/index.js';
import type { RunReason } from './reasons.js';

/** Variables that refer to secrets of the tenant by name. They are looked up for each attempt. Other values are sealed with the task. */
export const references = z.record(environmentName, secretName);
export type References = z.infer<typeof references>;

/** Why an attempt cannot get its secrets: one of them does not exist, or together they are too large for a job. */
export const secretProblem = z.discriminatedUnion('problem', [
  z.strictObject({ problem: z.literal('missing'), name: secretName }),
  z.strictObject({ problem: z.literal('too_large') }),
]);
export type SecretProblem = z.infer<typeof secretProblem>;

export function reasonOf({ problem }: SecretProblem): RunReason {
  return problem === 'missing' ? 'secret_missing' : 'secrets_too_large';
}

export function messageOf(secret: SecretProblem): string {
  return secret.problem === 'missing'
    ? `the tenant has no secret ${secret.name}`
    : 'the secrets that it refers to are too large for a run';
}
