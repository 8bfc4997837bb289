import { attempts } from './accounts/attempt/aggregate.js';
import { claims } from './gpu/claim/aggregate.js';
import { cluster } from './cluster/aggregate.js';
import { catalog } from './kernel/catalog/index.js';
import { ERRORS, type AnyErrorCode, type DeclaredError, type ErrorRow } from './kernel/errors/index.js';
import type { EventsOf, Recorded } from './kernel/event/index.js';
import { counters } from './kernel/counter/aggregate.js';
import { enrolments } from './nodes/enrolment/aggregate.js';
import { environmentNames, environmentDisk, environments } from './environments/environment/index.js';
import { registries } from './accounts/registry/aggregate.js';
import { jobs } from './jobs/job/aggregate.js';
import { leases } from './kernel/lease/stream.js';
import { nodes } from './nodes/node/aggregate.js';
import { planLog } from './scheduling/plan-log/stream.js';
import { quotas } from './accounts/quota/index.js';
import { reservations } from './accounts/reservation/aggregate.js';
import { secrets } from './accounts/secret/aggregate.js';
import { serviceTemplates } from './services/template/aggregate.js';
import { sessions } from './accounts/session/aggregate.js';
import { taskDependencies } from './tasks/dependencies/index.js';
import { tenantTasks } from './tasks/tenant-tasks/index.js';
import { taskNames } from './tasks/name/aggregate.js';
import { tasks } from './tasks/task/aggregate.js';
import { taskCommands } from './allocations/command/index.js';
import { templates } from './jobs/template/aggregate.js';
import { tenants } from './accounts/tenant/aggregate.js';
import { tenantServices, services } from './services/service/index.js';
import { users } from './accounts/user/aggregate.js';
import { volumes } from './volumes/aggregate.js';

/**
 * All kinds of streams. Only composition roots (the server, its threads, the command line) import this module, and hand on what is made from it; other
 * code names the events that it reads, or is given the catalog.
 */
export const STREAMS = [
  cluster,
  jobs,
  leases,
  nodes,
  planLog,
  templates,
  users,
  tenants,
  reservations.username,
  reservations.email,
  sessions,
  counters,
  enrolments,
  claims,
  tasks,
  taskNames,
  tenantTasks,
  taskDependencies,
  secrets,
  registries,
  environments,
  environmentNames,
  volumes,
  serviceTemplates,
  environmentDisk,
  services,
  tenantServices,
  quotas,
  attempts,
  taskCommands,
] as const;

/** Categories and prefixes of job ids that belong to Muster even if no stream declares them. */
const RESERVED = { categories: ['tenantname', 'service'], jobs: ['service.'] };

export const EVENT_CATALOG = catalog(STREAMS, RESERVED);

export type MusterEvent = EventsOf<typeof EVENT_CATALOG.events>;
export type RecordedMusterEvent = Recorded<MusterEvent>;

/** All errors by code: those of the shared table, and those that aggregates declare. */
export const ALL_ERRORS: ReadonlyMap<string, DeclaredError> = new Map(
  [
    ...Object.entries<ErrorRow>(ERRORS),
    ...EVENT_CATALOG.streams.flatMap(({ errors }) => Object.entries<ErrorRow>(errors ?? {})),
  ].map(([code, row]) => [code, { ...row, code: code as AnyErrorCode }]),
);
