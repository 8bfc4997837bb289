import { z } from 'zod';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { History } from '#domain/kernel/ports/history.js';
import {
  access,
  errors,
  resolveMoment,
  mustBeInOrder,
  limit,
  type ReachedMoment,
  type Scope,
  type SurfaceHost,
} from '#src/http/index.js';
import { ActorNames, VisibleObjects } from '#src/features/visibility/index.js';
import { historyOf, range } from './history-page.js';
import { jsonPatch, type Json } from './json-patch.js';
import { objectChange, objectParameter, visibleChanges } from './object-change.js';
import { historyObject, objectNamed, type HistoryObject } from './objects.js';
import type { HistoryParts } from './parts.js';

const diffQuery = z.strictObject({
  of: objectParameter,
  ...range,
  limit: limit(1000, 100, 'events'),
});

/** Accepts any fields, because they differ by kind of object. */
const objectDocument = z.looseObject({}).meta({
  id: 'ObjectDocument',
  description:
    'The object as stored in the read models. Sealed values remain sealed. The fields may differ between versions of Muster',
});

const objectState = z
  .object({
    position: z.string().meta({ description: 'Log position at that moment', examples: ['42'] }),
    at: z.iso.datetime().meta({ description: 'When the latest event up to this position was recorded' }),
    state: objectDocument.optional().meta({ description: 'The object; absent if it did not exist' }),
  })
  .meta({ id: 'ObjectState', description: 'An object at a moment' });

const patchOperation = z
  .object({
    op: z.enum(['add', 'remove', 'replace']).meta({ title: 'PatchOperationKind', description: 'Operation' }),
    path: z.string().meta({ description: 'Location, as a JSON pointer', examples: ['/priority'] }),
    value: z.unknown().optional().meta({ description: 'The value to add, or the replacement value' }),
  })
  .meta({ id: 'PatchOperation', description: 'A JSON Patch operation (RFC 6902)' });

const objectDiff = z
  .object({
    of: z.string().meta({ description: 'The object', examples: ['job:hello'] }),
    from: objectState,
    to: objectState,
    patch: z.array(patchOperation).meta({ description: 'Turns the earlier state into the later one' }),
    events: z
      .array(objectChange)
      .meta({ description: 'The events between the two moments that changed the object, oldest first' }),
    next: z.string().nullable().meta({
      description:
        'Position of the next event, to pass as `from` to `GET /audit/changes`; null if there are no more events',
    }),
  })
  .meta({ id: 'ObjectDiff', description: 'How an object differs between two moments' });

export function diffReads(app: Scope, { parts, limits, queues }: SurfaceHost<HistoryParts>): void {
  app.get(
    '/audit/diff',
    {
      config: { ...access.reader('audit'), namesMoments: true },
      schema: {
        tags: ['history'],
        operationId: 'audit_readDiff',
        summary: 'Compare an object at two moments',
        description:
          'Returns the object at both moments, a JSON Patch from the earlier to the later state, and the events in between that changed it. An account sees the objects of its tenant, and only events about these objects.',
        querystring: diffQuery,
        response: {
          200: { description: 'The comparison', content: { 'application/json': { schema: objectDiff } } },
          ...errors(404, 409),
        },
      },
    },
    async (request) =>
      await queues.logReads.run(request.principal, async () => {
        const { query } = request;
        const history = await historyOf(parts, limits);
        const { of, limit } = query;
        const visible = new VisibleObjects(parts, request);
        const { kind, id } = objectNamed(of);
        if (!(await visible.sees(kind, id))) throw new MusterError('MUSTER_E_OBJECT_UNKNOWN', { object: of });
        const object = historyObject(of);
        if (query.to !== undefined) mustBeInOrder(query.from, query.to);
        const reads = { ...parts, history, waitMs: limits.waitMs };
        const from = await resolveMoment(query.from, reads, 'from');
        const now = parts.readModels.position().toString();
        const to = await resolveMoment(query.to ?? now, reads, 'to');
        if (from.position > to.position)
          throw new MusterError('MUSTER_E_INVALID', { field: 'from', problem: 'must not be after to' });
        const between = { from: from.position + 1n, to: to.position, newestFirst: false, limit: limit + 1 };
        const changes = history.changes(object.model, object.id, between);
        if (changes === undefined) throw new MusterError('MUSTER_E_OBJECT_UNKNOWN', { object: of });
        const events = await visibleChanges(
          of,
          reads,
          visible,
          new ActorNames(parts),
          changes.slice(0, limit),
        );
        const [before, after] = [await stateAt(history, object, from), await stateAt(history, object, to)];
        return {
          of,
          from: viewState(from, before),
          to: viewState(to, after),
          patch: jsonPatch(before, after).map((each) => ({ ...each })),
          events,
          next: changes[limit]?.position.toString() ?? null,
        };
      }),
  );
}

type State = Readonly<Record<string, Json>> | null;

async function stateAt(
  history: History,
  { model, id }: HistoryObject,
  { position }: ReachedMoment,
): Promise<State> {
  const json = await history.documentAt(model, id, position);
  return json === undefined ? null : (JSON.parse(json) as State);
}

function viewState({ position, time }: ReachedMoment, state: State): z.input<typeof objectState> {
  return { position: position.toString(), at: new Date(time).toISOString(), ...(state && { state }) };
}
