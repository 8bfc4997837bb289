import { only } from '#domain/kernel/event/index.js';
import { deploymentKeyOf } from '#domain/services/service/identifier.js';
import { pinnedTo } from '#domain/services/service/state.js';
import { serviceEvents, type ServiceEventOf, type ServiceVersion } from '#domain/services/service/events.js';
import { projection } from '#domain/kernel/projection.js';

export interface ServiceVersionDocument extends ServiceVersion {
  readonly serviceId: string;
  readonly because: ServiceEventOf<'ServiceConfigured'>['data']['because'];
  readonly from: number | null;
  readonly by: string;
  /** Id of the API key that the account used. */
  readonly apiKey?: string;
  readonly at: number;
}

const EVENTS = {
  ...only(serviceEvents, 'ServiceConfigured', 'ServiceDeleted'),
  ...only(serviceEvents, 'ServiceImagePinned', 'ServiceImageReleased'),
};

export const serviceVersions = projection<ServiceVersionDocument, typeof EVENTS>({
  name: 'serviceVersions',
  version: 3,
  events: EVENTS,
  indexes: { service: ({ serviceId }) => serviceId },
  touches: (event) => {
    switch (event.type) {
      case 'ServiceConfigured':
      case 'ServiceImagePinned':
      case 'ServiceImageReleased':
        return [deploymentKeyOf(event.data.serviceId, event.data.version)];
      case 'ServiceDeleted':
        return [{ where: 'service', equals: event.data.serviceId }];
    }
  },
  evolve: (known, event) => {
    switch (event.type) {
      case 'ServiceConfigured': {
        const { from, ...data } = event.data;
        const { at, apiKey } = event.metadata;
        return { ...data, ...(apiKey !== undefined && { apiKey }), from: from ?? null, at };
      }
      case 'ServiceImagePinned':
        return known && pinnedTo(known, event.data.imageDigest);
      case 'ServiceImageReleased':
        return known && pinnedTo(known, undefined);
      case 'ServiceDeleted':
        return undefined;
    }
  },
});
