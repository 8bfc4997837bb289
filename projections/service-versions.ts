import type { RecordedMusterEvent } from '#domain/event-types/index.js';
import { deploymentKeyOf, type ServiceEventOf, type ServiceVersion } from '#domain/service/index.js';
import { projection } from './projection.js';

/** `serviceVersions`, id = `<service>.<version>`. Index: `service`. */
export interface ServiceVersionDocument extends ServiceVersion {
  readonly serviceId: string;
  readonly because: ServiceEventOf<'ServiceConfigured'>['data']['because'];
  /** The version that it is again. */
  readonly from: number | null;
  readonly by: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Every version that services ever had, while they are there. */
export const serviceVersions = projection<ServiceVersionDocument>({
  name: 'serviceVersions',
  version: 1,
  events: ['ServiceConfigured', 'ServiceDeleted'],
  indexes: { service: ({ serviceId }) => serviceId },
  touches: (event) => {
    if (event.type === 'ServiceConfigured') return [deploymentKeyOf(event.data.serviceId, event.data.version)];
    return event.type === 'ServiceDeleted' ? [{ where: 'service', equals: event.data.serviceId }] : [];
  },
  evolve: (known, event: RecordedMusterEvent) => {
    if (event.type !== 'ServiceConfigured') return event.type === 'ServiceDeleted' ? undefined : known;
    const { from, ...data } = event.data;
    return { ...data, from: from ?? null, at: event.metadata.at };
  },
});
