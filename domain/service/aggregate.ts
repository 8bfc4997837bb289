import { aggregate, plainState } from '../event/index.js';
import { UuidNamespace } from '../name-uuid.js';
import { serviceDecider } from './decider.js';
import { serviceErrors } from './errors.js';
import { serviceEvents } from './events.js';
import { SERVICE_JOBS } from './identifier.js';
import { tenantServiceDecider, tenantServiceEvents, type TenantServices } from './tenant-services.js';
import type { ServiceState } from './state.js';

/** Services of tenants. They go with the cluster's data. */
export const services = aggregate({
  category: 'service',
  owner: 'services',
  events: serviceEvents,
  errors: serviceErrors,
  jobs: SERVICE_JOBS,
  decider: serviceDecider,
  state: plainState<ServiceState>(4),
});

/** Which services a tenant has; its id is {@link tenantServicesOf} the tenant. */
export const tenantServices = aggregate({
  category: 'tenantServices',
  owner: 'services',
  events: tenantServiceEvents,
  decider: tenantServiceDecider,
  state: plainState<TenantServices>(1),
});

const TENANTS = new UuidNamespace('5e6f2d3a-7b41-5c8e-8f90-1a2b3c4d5e6f');

/** The stream of a tenant's services: a tenant's id may be any text. */
export function tenantServicesOf(tenantId: string): string {
  return TENANTS.of(tenantId);
}
