import type { RecordedMusterEvent } from '#domain/event-types/index.js';
import {
  deploymentKeyOf,
  pinnedTo,
  type ServiceEventOf,
  type ServiceVersion,
} from '#domain/services/service/index.js';
import { projection } from '../projection.js';

export interface ServiceVersionDocument extends ServiceVersion {
  readonly serviceId: string;
  readonly because: ServiceEventOf<'ServiceConfigured'>['data']['because'];
  readonly from: number | null;
  readonly by: string;
  /** Id of the API key that the account used. */
  readonly apiKey?: string;
  readonly at: number;
}

export const serviceVersions = projection<ServiceVersionDocument>({
  name: 'serviceVersions',
  version: 3,
  events: ['ServiceConfigured', 'ServiceImagePinned', 'ServiceImageReleased', 'ServiceDeleted'],
  indexes: { service: ({ serviceId }) => serviceId },
  touches: (event) => {
    switch (event.type) {
      case 'ServiceConfigured':
      case 'ServiceImagePinned':
      case 'ServiceImageReleased':
        return [deploymentKeyOf(event.data.serviceId, event.data.version)];
      case 'ServiceDeleted':
        return [{ where: 'service', equals: event.data.serviceId }];
      default:
        return [];
    }
  },
  evolve: (known, event: RecordedMusterEvent) => {
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
      default:
        return known;
    }
  },
});
