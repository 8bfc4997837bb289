import { claims } from '../claim/aggregate.js';
import { cluster } from '../cluster/aggregate.js';
import { counters } from '../counter/aggregate.js';
import { enrolments } from '../enrolment/aggregate.js';
import { environmentNames, environmentDisk, environments } from '../environment/index.js';
import { registries } from '../image-registry/aggregate.js';
import { jobs } from '../job/aggregate.js';
import { leases } from '../lease/stream.js';
import { nodes } from '../node/aggregate.js';
import { planLog } from '../plan-log/stream.js';
import { quotas } from '../quota/index.js';
import { reservations } from '../reservation/aggregate.js';
import { secrets } from '../secret/aggregate.js';
import { serviceTemplates } from '../service-template/aggregate.js';
import { sessions } from '../session/aggregate.js';
import { tenantTasks } from '../tenant-tasks/index.js';
import { taskNames } from '../task-name/aggregate.js';
import { tasks } from '../task/aggregate.js';
import { templates } from '../template/aggregate.js';
import { tenants } from '../tenant/aggregate.js';
import { tenantServices, services } from '../service/index.js';
import { users } from '../user/aggregate.js';
import { volumes } from '../volume/aggregate.js';

/** Every kind of stream with its events. Everything else about event types is derived from this list. */
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
] as const;
