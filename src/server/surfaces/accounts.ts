import { emailReservations } from '#projections/email-reservations.js';
import { hosts } from '#projections/hosts.js';
import { logUsage } from '#projections/log-usage.js';
import { users } from '#projections/users.js';
import type { SurfaceDeclaration } from '#src/surfaces/kit/index.js';

export const accounts = { name: 'accounts', projections: [users, hosts, emailReservations, logUsage] } satisfies SurfaceDeclaration;
