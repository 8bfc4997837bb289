import type { z } from 'zod';
import {
  serviceEvents,
  type ServiceEventLine,
  type ServiceEventsDocument,
} from '#projections/services/service-events.js';
import { access, errors, json, markStale, read, wireTime, type Scope } from '#src/http/index.js';
import { eventsQuery, serviceEventList } from '../contract/events.js';
import { serviceParams } from '../contract/service.js';
import { SERVICES_SURFACE, type ServicesSurface } from '../surface.js';

export function eventReads(scope: Scope, surface: ServicesSurface): void {
  scope.get(
    '/api/v1/services/:id/events',
    {
      config: access.account(SERVICES_SURFACE),
      schema: {
        tags: ['services'],
        operationId: 'services_listEvents',
        summary: 'List events of a service',
        description:
          'Extension. Returns events in plain words, newest first: versions, deployments and their results, and changes to each instance.',
        params: serviceParams,
        querystring: eventsQuery,
        response: { 200: json('The events', serviceEventList), ...errors(404) },
      },
    },
    async (request, reply) => {
      const { serviceId } = await surface.service(request, reply, request.params.id);
      const { limit, before = Number.POSITIVE_INFINITY } = request.query;
      const stored = await surface.parts.readModels.get(serviceEvents.name, serviceId);
      if (stored?.parked === true) markStale(reply);
      const kept = stored && read<ServiceEventsDocument>(stored);
      const found = (kept?.lines ?? []).filter(({ number }) => number < before);
      return { events: found.slice(-limit).reverse().map(viewLine), total: kept?.count ?? 0 };
    },
  );
}

function viewLine({
  number,
  at,
  kind,
  text,
  by,
  deployment,
  allocationId,
}: ServiceEventLine): z.input<typeof serviceEventList>['events'][number] {
  return { number, at: wireTime(at), kind, text, by, deployment, allocation_id: allocationId };
}
