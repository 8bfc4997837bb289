import { z } from 'zod';
import type { IdentityLimits } from '#src/accounts/index.js';

export const identityVariables = {
  MUSTER_LOGIN_FAILURES: z.coerce.number().int().min(1).max(1000).default(10),
  MUSTER_LOGIN_FAILURE_SECONDS: z.coerce.number().positive().max(86_400).default(900),
  MUSTER_LOGINS_PER_MINUTE: z.coerce.number().int().min(1).max(1_000_000).default(600),
  MUSTER_REGISTRATION: z.enum(['open', 'closed']).default('open'),
  MUSTER_REGISTRATIONS_PER_MINUTE: z.coerce.number().int().min(1).max(1_000_000).default(120),
  MUSTER_ENROLMENTS_PER_MINUTE: z.coerce.number().int().min(1).max(1_000_000).default(120),
  MUSTER_MAX_ENROLLED_NODES: z.coerce.number().int().min(1).max(1_000_000).default(10_000),
  MUSTER_MAX_WAITING_NODES: z.coerce.number().int().min(1).max(1_000_000).default(50),
  MUSTER_HASH_QUEUE: z.coerce.number().int().min(1).max(100_000).default(1024),
};

export function identitySettings(value: z.infer<z.ZodObject<typeof identityVariables>>): IdentityLimits {
  return {
    loginFailures: value.MUSTER_LOGIN_FAILURES,
    loginFailureSeconds: value.MUSTER_LOGIN_FAILURE_SECONDS,
    loginsPerMinute: value.MUSTER_LOGINS_PER_MINUTE,
    registrationsPerMinute: value.MUSTER_REGISTRATIONS_PER_MINUTE,
    enrolmentsPerMinute: value.MUSTER_ENROLMENTS_PER_MINUTE,
    enrolledNodes: value.MUSTER_MAX_ENROLLED_NODES,
    waitingNodes: value.MUSTER_MAX_WAITING_NODES,
    hashQueue: value.MUSTER_HASH_QUEUE,
  };
}
