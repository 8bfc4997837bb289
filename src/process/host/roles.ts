import { z } from 'zod';
import { section, setting, type SectionValue } from '#domain/kernel/settings/section.js';

export const ROLES = ['api', 'projector', 'scheduler', 'dispatcher', 'liveness'] as const;

export type Role = (typeof ROLES)[number];

function rolesOf(text: string, context: z.core.$RefinementCtx<string>): readonly Role[] {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const unknown = names.filter((name) => !isRole(name));
  if (unknown.length > 0 || names.length === 0) {
    context.addIssue({
      code: 'custom',
      message: `must be one or more of ${ROLES.join(', ')}${unknown.length === 0 ? '' : `; unknown: ${unknown.join(', ')}`}`,
    });
  }
  return ROLES.filter((role) => names.includes(role));
}

function isRole(name: string): name is Role {
  return ROLES.some((role) => role === name);
}

export const roleSettings = section({
  roles: setting('MUSTER_ROLES', z.string().transform(rolesOf).default(ROLES), 'the roles of this server'),
});

export type RoleSettings = SectionValue<typeof roleSettings>;

/** Whether a server with these roles follows what runs on the nodes. */
export function needsNodes({ roles }: RoleSettings): boolean {
  return roles.some((role) => role === 'api' || role === 'dispatcher' || role === 'liveness');
}
