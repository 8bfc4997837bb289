import type { z } from 'zod';

export const ROLES = ['api', 'projector', 'scheduler', 'dispatcher', 'liveness'] as const;

export type Role = (typeof ROLES)[number];

export function rolesOf(text: string, context: z.core.$RefinementCtx<string>): readonly Role[] {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const unknown = names.filter((name) => !isRole(name));
  if (unknown.length > 0 || names.length === 0) {
    context.addIssue({
      code: 'custom',
      message: `${unknown.join(', ') || 'it'} names no role; there are ${ROLES.join(', ')}`,
    });
  }
  return ROLES.filter((role) => names.includes(role));
}

function isRole(name: string): name is Role {
  return ROLES.some((role) => role === name);
}
