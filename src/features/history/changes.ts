import { z } from 'zod';
import { commandEvents } from '#domain/allocations/command/events.js';
import { categoryOf, isOneOf, only, type AnyEvent, type Recorded } from '#domain/kernel/event/index.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { ChangesOptions, DocumentChange, History } from '#domain/kernel/ports/history.js';
import { planEvents } from '#domain/scheduling/plan-log/events.js';
import { goneSignal } from '#agents/platform/listener/index.js';
import {
  access,
  errors,
  firstFrom,
  lastUntil,
  logMoment,
  mustBeInOrder,
  limit,
  type Scope,
  type SurfaceHost,
} from '#src/http/index.js';
import { ActorNames, VisibleObjects } from '#src/features/visibility/index.js';
import { eventMessages, type EventsSought } from './event-messages.js';
import { historyOf } from './history-page.js';
import { concernsJob } from './job-history.js';
import { objectChange, objectParameter, visibleChanges } from './object-change.js';
import { historyObject, objectNamed } from './objects.js';
import type { HistoryParts } from './parts.js';

const changesQuery = z.strictObject({
  of: objectParameter,
  from: logMoment
    .optional()
    .meta({ description: 'Only changes at or after this position or time', examples: ['42'] }),
  to: logMoment.optional().meta({
    description: 'Only changes at or before this position or time',
    examples: ['2026-11-20T14:32:00Z'],
  }),
  direction: z
    .enum(['forwards', 'backwards'])
    .optional()
    .meta({ title: 'ReadDirection', description: 'Oldest first, or newest first. Default: newest first' }),
  limit: limit(1000, 100, 'changes'),
});

const objectChanges = z
  .object({
    of: z.string().meta({ description: 'The object', examples: ['job:hello'] }),
    changes: z.array(objectChange),
    next: z.string().nullable().meta({
      description:
        'Position of the next change in this direction. To get the next page, pass it as `to` (or as `from` if reading forwards). Null if there are no more changes',
    }),
  })
  .meta({ id: 'ObjectChanges', description: 'The changes of one object' });

export function changeReads(app: Scope, { parts, limits, queues }: SurfaceHost<HistoryParts>): void {
  app.get(
    '/audit/changes',
    {
      config: { ...access.reader('audit'), namesMoments: true },
      schema: {
        tags: ['history'],
        operationId: 'audit_readChanges',
        summary: 'List the changes of an object',
        description:
          'Returns the events that changed an object, each with a description, and for a job or an allocation the commands that were run in it. Only these events are read, no matter how long the log is. An account sees the objects of its tenant, and only events about these objects.',
        querystring: changesQuery,
        response: {
          200: { description: 'The changes', content: { 'application/json': { schema: objectChanges } } },
          ...errors(404, 409),
        },
      },
    },
    async (request, reply) =>
      await queues.logReads.run(request.principal, async () => {
        const { query } = request;
        const history = await historyOf(parts, limits);
        const { of, limit } = query;
        const visible = new VisibleObjects(parts, request);
        const { kind, id } = objectNamed(of);
        if (!(await visible.sees(kind, id))) throw new MusterError('MUSTER_E_OBJECT_UNKNOWN', { object: of });
        const reads = { ...parts, history, signal: goneSignal(reply) };
        const newestFirst = query.direction !== 'forwards';
        const changes = await changesOf(reads, query, newestFirst);
        if (changes === undefined) throw new MusterError('MUSTER_E_OBJECT_UNKNOWN', { object: of });
        return {
          of,
          changes: await visibleChanges(of, reads, visible, new ActorNames(parts), changes.slice(0, limit)),
          next: changes[limit]?.position.toString() ?? null,
        };
      }),
  );
}

interface Reads extends Pick<HistoryParts, 'eventStore' | 'catalog'> {
  readonly history: History;
  /** Ends the search for commands. */
  readonly signal: AbortSignal;
}

/** Returns one more change than fits on the page, to detect whether there are more. Undefined if the object never existed. */
async function changesOf(
  { clock, ...reads }: Reads & Pick<HistoryParts, 'clock'>,
  { of, from, to, limit }: z.infer<typeof changesQuery>,
  newestFirst: boolean,
): Promise<readonly DocumentChange[] | undefined> {
  const { history } = reads;
  const { model, id } = historyObject(of);
  if (from !== undefined && to !== undefined) mustBeInOrder(from, to);
  const begin = from === undefined ? history.keptFrom()?.position : await firstFrom(from, history);
  const range = {
    ...(begin !== undefined && { from: begin }),
    ...(to !== undefined && { to: await lastUntil(to, { history, clock }, 'to') }),
  };
  const most = limit + 1;
  const changes = history.changes(model, id, { ...range, newestFirst, limit: most });
  const place = changes && (await commandPlace(reads, of));
  if (changes === undefined || place === undefined) return changes;
  const commands = await commandsIn(reads, place, { ...range, newestFirst, limit: most });
  if (commands.length === 0) return changes;
  const order = newestFirst ? -1 : 1;
  return [...changes, ...commands].sort((a, b) => (a.position < b.position ? -order : order)).slice(0, most);
}

const PLACEMENTS = only(planEvents, 'AllocationPlaced');

/** Where the commands of a history were run. */
interface CommandPlace {
  readonly job: string;
  /** Undefined for all allocations of the job. */
  readonly allocation?: string;
}

/** Returns undefined for objects in which no commands are run. */
async function commandPlace({ history, catalog }: Reads, of: string): Promise<CommandPlace | undefined> {
  const { kind, id } = objectNamed(of);
  if (kind === 'job') return { job: id };
  if (kind !== 'allocation') return undefined;
  const [first] = history.changes(historyObject(of).model, id, { newestFirst: false, limit: 1 }) ?? [];
  const [placed] = first === undefined ? [] : await history.eventsAt([first.position]);
  const event = placed && catalog.decodeOurs(placed);
  return event && isOneOf(PLACEMENTS, event) ? { job: event.data.jobId, allocation: id } : undefined;
}

/** Returns the commands that were run in allocations of a job. They change no document. While the index is built, this reads the log. */
async function commandsIn(
  { history, eventStore, catalog, signal }: Reads,
  { job, allocation }: CommandPlace,
  { from, to, newestFirst, limit }: ChangesOptions,
): Promise<readonly DocumentChange[]> {
  const first = newestFirst ? to : from;
  const wanted: EventsSought = {
    follow: false,
    backwards: newestFirst,
    bound: first === undefined ? undefined : { from: first, inclusive: true },
    job,
    category: 'command',
    ...(from !== undefined && { oldest: from }),
    ...(to !== undefined && { newest: to }),
  };
  const found: DocumentChange[] = [];
  for await (const message of eventMessages(eventStore, history, wanted, signal)) {
    if (message.kind !== 'events') continue;
    for (const event of message.events) {
      const { position, stream } = event;
      if ((from !== undefined && position < from) || (to !== undefined && position > to)) continue;
      if (categoryOf(stream) !== 'command' || !concernsJob(event, job)) continue;
      if (allocation !== undefined && !isIn(catalog.decodeOurs(event), allocation)) continue;
      found.push({ position, change: 'changed' });
      if (found.length === limit) return found;
    }
  }
  return found;
}

function isIn(event: Recorded<AnyEvent> | undefined, allocation: string): boolean {
  return event !== undefined && isOneOf(commandEvents, event) && event.data.allocationId === allocation;
}
