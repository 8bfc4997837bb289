import { allocations } from './allocations.js';
import { emailReservations } from './email-reservations.js';
import { evaluations } from './evaluations.js';
import { gpuClaimDecisions } from './gpu-claim-decisions.js';
import { gpuClaims } from './gpu-claims.js';
import { hosts } from './hosts.js';
import { jobs } from './jobs.js';
import { nodes } from './nodes.js';
import type { Projection } from './projection.js';
import { templates } from './templates.js';
import { users } from './users.js';

/** Every read model there is. */
export const PROJECTIONS: readonly Projection[] = [jobs, allocations, nodes, templates, evaluations, users, hosts, emailReservations, gpuClaims, gpuClaimDecisions];
