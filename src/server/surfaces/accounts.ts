import { emailReservations } from '#projections/accounts/email-reservations.js';
import { hosts } from '#projections/nodes/hosts.js';
import { logUsage } from '#projections/accounts/log-usage.js';
import { users } from '#projections/accounts/users.js';
import type { SurfaceDeclaration } from '#src/surfaces/kit/index.js';

export const accounts = {
  name: 'accounts',
  projections: [users, hosts, emailReservations, logUsage],
} satisfies SurfaceDeclaration;
