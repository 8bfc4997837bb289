import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { History } from '#domain/kernel/ports/history.js';
import {
  access,
  errors,
  lastUntil,
  mustBeInOrder,
  limit,
  type Scope,
  type SurfaceHost,
} from '#src/http/index.js';
import { VisibleObjects, type ObjectKind } from '#src/features/visibility/index.js';
import { historyOf, range } from './history-page.js';
import { modelOf, OBJECT_KINDS, objectName, objectNamed } from './objects.js';
import type { HistoryParts } from './parts.js';

/** Maximum number of objects examined for one response. The caller may be allowed to see only a few of them. */
const MAX_LOOKED_AT = 2000;
/** Number of objects to examine before other work may run. */
const AT_ONCE = 50;
const CURSOR = /^(\w+)~(\d{1,15})$/;

const changedQuery = z.strictObject({
  ...range,
  kind: z
    .enum(OBJECT_KINDS)
    .optional()
    .meta({ title: 'ObjectKind', description: 'Only objects of this kind. Default: all kinds' }),
  after: z
    .string()
    .regex(CURSOR, 'must be the `next` value of an earlier response')
    .refine(
      (text) => (OBJECT_KINDS as readonly string[]).includes(text.split('~')[0] ?? ''),
      'must be the `next` value of an earlier response',
    )
    .optional()
    .meta({ description: '`next` of the previous page', pattern: CURSOR.source }),
  limit: limit(1000, 100, 'objects'),
});

const changedObject = z
  .object({
    object: z.string().meta({ description: 'Kind and id', examples: ['job:hello'] }),
    change: z.enum(['created', 'changed', 'ended']).meta({
      title: 'ChangeKind',
      description: 'What the events between the two moments did to the object',
    }),
    position: z.string().meta({ description: 'Position of the latest of these events', examples: ['42'] }),
  })
  .meta({ id: 'ChangedObject', description: 'An object that was changed by events between two moments' });

const changedObjects = z
  .object({
    from: z.string().meta({ description: 'Position of the earlier moment', examples: ['17'] }),
    to: z.string().meta({ description: 'Position of the later moment', examples: ['42'] }),
    objects: z.array(changedObject),
    next: z
      .string()
      .nullable()
      .meta({ description: 'Pass it as `after` to get the next page; null on the last page' }),
  })
  .meta({ id: 'ChangedObjects', description: 'The objects that changed between two moments' });

/** Lists the objects that changed between two moments. */
export function changedReads(app: Scope, { parts, limits, queues }: SurfaceHost<HistoryParts>): void {
  app.get(
    '/audit/changed',
    {
      config: { ...access.reader('audit'), namesMoments: true },
      schema: {
        tags: ['history'],
        operationId: 'audit_readChanged',
        summary: 'List the objects that changed between two moments',
        description:
          'Returns the objects that were created, changed or ended by events after `from` and up to `to`, grouped by kind and in order of creation. Objects that were both created and ended in between are left out. An account sees the objects of its tenant, so its pages may have fewer than `limit` objects, or none, even if there are more.',
        querystring: changedQuery,
        response: {
          200: { description: 'The objects', content: { 'application/json': { schema: changedObjects } } },
          ...errors(409),
        },
      },
    },
    async (request) =>
      await queues.logReads.run(request.principal, async () => {
        const { query } = request;
        const visible = new VisibleObjects(parts, request);
        const history = await historyOf(parts, limits);
        if (query.to !== undefined) mustBeInOrder(query.from, query.to);
        const reads = { history, clock: parts.clock };
        const from = await lastUntil(query.from, reads, 'from');
        const to =
          query.to === undefined ? parts.readModels.position() : await lastUntil(query.to, reads, 'to');
        const found = await changedBetween({ history, visible }, from, to, query);
        return { from: from.toString(), to: to.toString(), ...found };
      }),
  );
}

async function changedBetween(
  { history, visible }: { readonly history: History; readonly visible: VisibleObjects },
  from: bigint,
  to: bigint,
  { kind, after, limit }: Pick<z.infer<typeof changedQuery>, 'kind' | 'after' | 'limit'>,
): Promise<Pick<z.input<typeof changedObjects>, 'objects' | 'next'>> {
  const [, lastKind, lastNumber] = CURSOR.exec(after ?? '') ?? [];
  const kinds: readonly ObjectKind[] = kind === undefined ? OBJECT_KINDS : [kind];
  const begin = lastKind === undefined ? 0 : kinds.indexOf(lastKind as ObjectKind);
  if (begin < 0)
    throw new MusterError('MUSTER_E_INVALID', {
      field: 'after',
      problem: 'belongs to a different kind of object',
    });
  const objects: z.input<typeof changedObject>[] = [];
  let looked = 0;
  for (const each of kinds.slice(begin)) {
    const behind = each === lastKind ? BigInt(lastNumber!) : 0n;
    const left = visible.all ? limit - objects.length : MAX_LOOKED_AT - looked;
    const found = history.changed(modelOf(each), { from, to, after: behind, limit: left + 1 });
    let next = `${each}~${behind}`;
    for (const { id, change, position, sequence } of found) {
      if (objects.length === limit || looked === MAX_LOOKED_AT) return { objects, next };
      looked += 1;
      if (looked % AT_ONCE === 0) await setImmediate();
      next = `${each}~${sequence}`;
      const object = objectName(each, id);
      if (await visible.sees(each, objectNamed(object).id))
        objects.push({ object, change, position: position.toString() });
    }
  }
  return { objects, next: null };
}
