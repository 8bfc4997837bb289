import { aggregate, plainState } from '../event/index.js';
import { UuidNamespace } from '../name-uuid.js';
import { serviceDecider } from './decider.js';
import { serviceErrors } from './errors.js';
import { serviceEvents } from './events.js';
import { SERVICE_JOBS } from './identifier.js';
import { placeDecider, placeEvents, type PlacesState } from './places.js';
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

/** Which services a tenant has; its id is {@link placesOf} the tenant. */
export const servicePlaces = aggregate({
  category: 'tenantServices',
  owner: 'services',
  events: placeEvents,
  decider: placeDecider,
  state: plainState<PlacesState>(1),
});

const PLACES = new UuidNamespace('5e6f2d3a-7b41-5c8e-8f90-1a2b3c4d5e6f');

/** The stream of a tenant's services: a tenant's id may be any text. */
export function placesOf(tenantId: string): string {
  return PLACES.of(tenantId);
}
