import type { Catalog } from '#domain/kernel/catalog/index.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { History } from '#domain/kernel/ports/history.js';
import type { DecisionReads } from '#src/fleet/scheduler/index.js';
import { access, errors, json, type Scope, type SurfaceHost } from '#src/http/index.js';
import {
  ActorNames,
  VisibleObjects,
  type NamingParts,
  type VisibilityParts,
} from '#src/features/visibility/index.js';
import { whyParams, whyQuery, whyView } from './contract.js';
import { LogSearch } from './log-search.js';
import { explain, ownerOf } from './objects.js';
import { viewWhy } from './view.js';

/** What the explanations use of the server. */
export interface WhyParts extends NamingParts, VisibilityParts {
  readonly decisions: DecisionReads;
  readonly eventStore: EventStore;
  readonly catalog: Catalog;
  readonly history?: History | undefined;
  readonly clock: Pick<Clock, 'now'>;
}

export function whyReads(app: Scope, { parts, queues }: SurfaceHost<WhyParts>): void {
  const { decisions, eventStore, catalog, readModels, history, clock } = parts;

  app.get(
    '/audit/why/:kind/:id',
    {
      config: { ...access.reader('audit'), waits: 'nothing' },
      schema: {
        tags: ['history'],
        operationId: 'audit_explain',
        summary: 'Explain the state of an object',
        description:
          'Returns a sentence, the evidence, and the chain of events from request to effect. Placements are repeated with the state that the scheduler had read. An account sees the objects of its tenant and their events, but not the other nodes that were compared.',
        params: whyParams,
        querystring: whyQuery,
        response: { 200: json('The explanation', whyView), ...errors(404) },
      },
    },
    async (request) =>
      await queues.logReads.run(request.principal, async () => {
        const { kind, id } = request.params;
        const { not } = request.query;
        const object = `${kind.slice(0, -1)}:${id}`;
        const visible = new VisibleObjects(parts, request);
        const search = new LogSearch(eventStore, catalog, visible, history);
        const owner = kind === 'requests' ? undefined : ownerOf(kind, id);
        const explained =
          owner === undefined || (await visible.sees(owner.kind, owner.id))
            ? await explain({ search, readModels, clock, ...(visible.all && { decisions }) }, kind, {
                id,
                not: visible.all ? not : undefined,
              })
            : undefined;
        if (explained === undefined) throw new MusterError('MUSTER_E_NOTHING_TO_EXPLAIN', { object });
        return await viewWhy({ kind, object }, explained, visible, new ActorNames(parts));
      }),
  );
}
