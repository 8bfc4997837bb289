import { emailReservations } from '#projections/email-reservations.js';
import { hosts } from '#projections/hosts.js';
import { users } from '#projections/users.js';
import type { SurfaceDeclaration } from '#src/surfaces/kit/index.js';

/** Users, and the names that machines have. */
export const accounts = { name: 'accounts', projections: [users, hosts, emailReservations] } satisfies SurfaceDeclaration;
