import { aggregate, plainState } from '../../kernel/event/index.js';
import { UuidNamespace } from '../../kernel/name-uuid.js';
import { serviceDecider } from './decider.js';
import { serviceErrors } from './errors.js';
import { serviceEvents } from './events.js';
import { SERVICE_JOBS } from './identifier.js';
import { tenantServiceDecider, tenantServiceEvents, type TenantServices } from './tenant-services.js';
import type { ServiceState } from './state.js';

export const services = aggregate({
  category: 'service',
  owner: 'services',
  events: serviceEvents,
  errors: serviceErrors,
  jobs: SERVICE_JOBS,
  // Each deployment is counted by itself.
  counted: { ofJob: (jobId) => jobId.slice(SERVICE_JOBS.length) },
  decider: serviceDecider,
  state: plainState<ServiceState>(5),
});

export const tenantServices = aggregate({
  category: 'tenantServices',
  owner: 'services',
  events: tenantServiceEvents,
  decider: tenantServiceDecider,
  state: plainState<TenantServices>(1),
});

const TENANTS = new UuidNamespace('5e6f2d3a-7b41-5c8e-8f90-1a2b3c4d5e6f');

/** Hashed, because a tenant id can be any string. */
export function tenantServicesOf(tenantId: string): string {
  return TENANTS.of(tenantId);
}
