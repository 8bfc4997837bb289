import { z } from 'zod';
import { MusterError } from '#domain/kernel/errors/index.js';
import { readMetadata } from '#domain/kernel/event/index.js';
import { access, errors, json, positionText, type Scope } from '#src/http/index.js';
import { ActorNames } from '#src/features/visibility/index.js';
import { changeOf, type Wanted } from '../changes.js';
import { eventView } from '../contract.js';
import { CONSOLE_SURFACE, type ConsoleSurface } from '../surface.js';
import { viewerOf, type Viewer } from '../viewer.js';

export function eventReads(scope: Scope, surface: ConsoleSurface): void {
  scope.get(
    '/console/api/events/:position',
    {
      config: { ...access.page(CONSOLE_SURFACE), live: true },
      schema: {
        tags: ['changes'],
        operationId: 'console_getEvent',
        summary: 'Get one event',
        description:
          'Returns what an event changed, its stream, and the id of the request that caused it. `GET /audit/why/requests/{id}` returns the other events of this request.',
        params: z.strictObject({ position: positionText }),
        response: { 200: json('The event', eventView), ...errors(404) },
      },
    },
    async (request) => await eventAt(surface, viewerOf(request), request.params.position),
  );
}

/** Events that the viewer may not see are reported as missing. */
async function eventAt(
  surface: ConsoleSurface,
  viewer: Viewer,
  position: string,
): Promise<z.input<typeof eventView>> {
  const wanted: Wanted = { viewer, of: new Set(), type: '', actor: '' };
  const range = { direction: 'backwards', from: BigInt(position), inclusive: true, limit: 1 } as const;
  for await (const [event] of surface.parts.eventStore.readAll(range)) {
    if (event?.position !== BigInt(position)) break;
    const change = await changeOf(surface, new ActorNames(surface.parts), wanted, event);
    const metadata = readMetadata(event.metadata);
    if (change === undefined || metadata === undefined) break;
    const { stream, revision } = event;
    return { ...change, stream, revision, correlation: metadata.$correlationId };
  }
  throw new MusterError('MUSTER_E_EVENT_NOT_FOUND', { position });
}
