import {
  services,
  type ServiceCommand,
  type ServiceEvent,
  type ServiceState,
} from '#domain/services/service/index.js';
import { NO_WORK } from '#domain/work/index.js';
import {
  ownerEndDueAt,
  services as serviceModel,
  type ServiceDocument,
} from '#projections/services/services.js';
import { ownedWork } from '#src/fleet/owned-work/index.js';

/** Stops the services of accounts that were erased or deactivated, or hands them to the account's heir. */
export const ownerWork = ownedWork<ServiceCommand, ServiceEvent, ServiceState, ServiceDocument>({
  name: 'service-owners',
  surface: 'services',
  projection: serviceModel,
  aggregate: services,
  item: ({ serviceId }) => ({ stream: serviceId, workId: `service-${serviceId}`, jobId: '' }),
  dueAt: ownerEndDueAt,
  view: () => NO_WORK,
  settle: (_state, { ownerEnd }) => ownerEnd && { kind: 'ownerEnded', end: ownerEnd },
  want: () => undefined,
  job: () => undefined,
});
