import { EVENT_CATALOG } from '#domain/all-events.js';
import { emailReservations } from '#projections/accounts/email-reservations.js';
import { logUsage } from '#projections/accounts/log-usage.js';
import { users } from '#projections/accounts/users.js';
import { allocations } from '#projections/jobs/allocations.js';
import { jobs } from '#projections/jobs/jobs.js';
import { hosts } from '#projections/nodes/hosts.js';
import { nodes } from '#projections/nodes/nodes.js';
import { audit, type AuditParts } from '#src/surfaces/audit/index.js';
import { cluster, type ClusterParts } from '#src/surfaces/cluster/index.js';
import { webConsole, type ConsoleParts } from '#src/surfaces/console/index.js';
import { conda, type CondaParts } from '#src/surfaces/environments/index.js';
import { gpu, type GpuParts } from '#src/surfaces/gpu/index.js';
import type { SurfaceDeclaration } from '#src/surfaces/surface.js';
import { services, type ServicesParts } from '#src/surfaces/services/index.js';
import { tasks, type TasksParts } from '#src/surfaces/tasks/index.js';

/** What the surfaces use of the server, which makes each part once. */
export type SurfaceParts = AuditParts &
  ClusterParts &
  CondaParts &
  ConsoleParts &
  GpuParts &
  ServicesParts &
  TasksParts;

/**
 * All surfaces. Everything that depends on the set of surfaces is derived from this list: routes, descriptions, read models, `muster verify`, settings, owned
 * work and metrics.
 */
export const SURFACES: readonly SurfaceDeclaration<unknown, SurfaceParts>[] = [
  { name: 'fleet', projections: [jobs, allocations, nodes] },
  { name: 'accounts', projections: [users, hosts, emailReservations, logUsage(EVENT_CATALOG)] },
  cluster(EVENT_CATALOG),
  audit,
  webConsole,
  gpu,
  tasks,
  conda,
  services,
];
