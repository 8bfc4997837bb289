import { z } from 'zod';
import { environmentName } from '../environment-name.js';
import { secretName } from '../secret/index.js';
import type { RunReason } from './reasons.js';

/** Variables whose values are named secrets of the task's tenant, by the secret's name: they are looked up for each try. The others are sealed with the task. */
export const references = z.record(environmentName, secretName);
export type References = z.infer<typeof references>;

/** Why a try cannot have its secrets: the tenant has none of this name, or they are more than a job can hold. */
export const secretProblem = z.discriminatedUnion('problem', [
  z.strictObject({ problem: z.literal('missing'), name: secretName }),
  z.strictObject({ problem: z.literal('too_large') }),
]);
export type SecretProblem = z.infer<typeof secretProblem>;

/** As a run's reason. */
export function reasonOf({ problem }: SecretProblem): RunReason {
  return problem === 'missing' ? 'secret_missing' : 'secrets_too_large';
}

/** The same in words. */
export function messageOf(secret: SecretProblem): string {
  return secret.problem === 'missing' ? `the tenant has no secret ${secret.name}` : 'what it refers to by secrets is more than a run can be given';
}
