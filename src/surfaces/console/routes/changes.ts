import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { SubscriptionMessage } from '#domain/kernel/ports/event-store.js';
import { lastPositionBefore } from '#src/engine/event-store/index.js';
import {
  access,
  errors,
  json,
  keepAlive,
  positionText,
  limit,
  whole,
  type Answer,
  type Scope,
  type Silence,
} from '#src/http/index.js';
import { ActorNames } from '#src/features/visibility/index.js';
import { changeOf, type Change, type Wanted } from '../changes.js';
import { changesView, changeView, eventsView } from '../contract.js';
import { CONSOLE_SURFACE, type ConsoleSurface } from '../surface.js';
import { viewerOf } from '../viewer.js';

const MOST_OBJECTS = 100;
/** Maximum number of events that one response examines. */
const MOST_READ = 20_000;
/** Number of events to examine before other work may run. A page of the log has many more. */
const AT_ONCE = 100;
/**
 * Maximum time, in milliseconds, that a change is held back until the read models include it. A page that requests the object too early would show
 * the old state until the object changes again, so a late change is better.
 */
const WAIT_MS = 10_000;

const object = z
  .string()
  .regex(/^[a-z]{1,20}:.{1,300}$/u, 'must be a kind and an id, such as job:hello')
  .meta({ pattern: '^[a-z]{1,20}:.{1,300}$' });
const wantedChanges = {
  from: positionText.optional().meta({
    description:
      'Return only changes after this position. Default: only new changes. `Last-Event-ID` takes precedence',
    examples: ['42'],
  }),
  of: z
    .union([object.transform((one) => [one]), z.array(object).max(MOST_OBJECTS)])
    .optional()
    .meta({
      description: 'Only changes to these objects, each given as kind and id',
      examples: [['job:hello']],
    }),
  type: z
    .string()
    .max(64)
    .optional()
    .meta({
      description: 'Only events whose type contains this text, ignoring case',
      examples: ['failed'],
    }),
  actor: z
    .string()
    .max(200)
    .optional()
    .meta({
      description:
        'Only events of this actor: a username, an id, or a kind and an id such as `saga:scheduler`',
      examples: ['ann'],
    }),
};
const streamQuery = z.strictObject({
  ...wantedChanges,
  limit: whole(1, 1000).optional().meta({
    description: 'If set, returns the same response as `GET /console/api/changes/page` instead of a stream',
  }),
});
const pageQuery = z.strictObject({
  ...wantedChanges,
  limit: limit(1000, 100, 'changes'),
});
const eventsQuery = z.strictObject({
  to: positionText.optional().meta({
    description: 'Return only changes up to this position. Default: the latest position',
    examples: ['42'],
  }),
  after: positionText.optional().meta({
    description: 'Return only changes after this position',
    examples: ['7'],
  }),
  of: wantedChanges.of,
  type: wantedChanges.type,
  actor: wantedChanges.actor,
  limit: limit(1000, 100, 'changes'),
});
const stream: Answer = {
  description: 'The changes',
  content: {
    'text/event-stream': {
      schema: z.string().meta({
        description: 'Server-sent events `change`, and `position` if nothing has changed for a while',
        format: 'binary',
        contentMediaType: 'application/json',
        contentSchema: { $ref: `#/components/schemas/${changeView.meta()?.id}` },
      }),
    },
  },
};

interface Filter {
  readonly of?: readonly string[] | undefined;
  readonly type?: string | undefined;
  readonly actor?: string | undefined;
}

function wantedBy(request: FastifyRequest, { of = [], type = '', actor = '' }: Filter): Wanted {
  return { viewer: viewerOf(request), of: new Set(of), type: type.toLowerCase(), actor };
}

export function changeRoutes(scope: Scope, surface: ConsoleSurface): void {
  const inTurn = async <Result>(
    { principal }: FastifyRequest,
    read: () => Promise<Result>,
  ): Promise<Result> => await surface.queues.logReads.run(principal, read);

  scope.get(
    '/console/api/changes',
    {
      config: { ...access.page(CONSOLE_SURFACE), resumes: true, live: true },
      schema: {
        tags: ['changes'],
        operationId: 'console_readChanges',
        summary: 'Follow changes',
        description:
          'Returns changes to everything that the caller may see, described in words, as server-sent events. The ids of server-sent events are positions, so a client that reconnects with `Last-Event-ID` misses nothing. The stream ends within 5 seconds after its session ends or its access is revoked.',
        querystring: streamQuery,
        response: { 200: stream, ...errors() },
      },
    },
    async (request, reply) => {
      const { from, limit: most } = request.query;
      const wanted = wantedBy(request, request.query);
      const after = await startOf(surface, request.headers['last-event-id'], from);
      if (most !== undefined)
        return await reply
          .type('application/json; charset=utf-8')
          .send(
            JSON.stringify(
              await inTurn(request, async () => await changesAfter(surface, wanted, after, most)),
            ),
          );
      const signal = surface.followers.admit(reply);
      return await reply
        .type('text/event-stream; charset=utf-8')
        .header('x-accel-buffering', 'no')
        .send(Readable.from(texts(surface, wanted, after, signal), { objectMode: false }));
    },
  );

  // Serves pages behind a proxy that buffers streams, and clients that cannot read streams.
  scope.get(
    '/console/api/changes/page',
    {
      config: { ...access.page(CONSOLE_SURFACE), live: true },
      schema: {
        tags: ['changes'],
        operationId: 'console_readChangesPage',
        summary: 'List changes',
        description:
          'Returns changes to everything that the caller may see, oldest first, and the position to continue from. A page may be empty even if there are more changes: continue until the position no longer changes.',
        querystring: pageQuery,
        response: { 200: json('The changes', changesView), ...errors() },
      },
    },
    async (request) => {
      const { from, limit: most } = request.query;
      const after = await startOf(surface, undefined, from);
      const wanted = wantedBy(request, request.query);
      return await inTurn(request, async () => await changesAfter(surface, wanted, after, most));
    },
  );

  scope.get(
    '/console/api/events',
    {
      config: { ...access.page(CONSOLE_SURFACE), live: true },
      schema: {
        tags: ['changes'],
        operationId: 'console_listEvents',
        summary: 'List what has changed, newest first',
        description:
          'Returns changes to everything that the caller may see, and the position at which the next page begins. A page may have fewer changes than `limit` even if there are more: continue until `next` is null.',
        querystring: eventsQuery,
        response: { 200: json('The changes', eventsView), ...errors() },
      },
    },
    async (request) => {
      const { to, after, limit: most } = request.query;
      const newest = await startOf(surface, undefined, to);
      const wanted = wantedBy(request, request.query);
      const range = { newest, oldest: after === undefined ? -1n : BigInt(after), limit: most };
      return await inTurn(request, async () => await changesUpTo(surface, wanted, range));
    },
  );
}

/** Returns the position of the last event that the client has received, or undefined if there is none. */
async function startOf(
  { parts }: ConsoleSurface,
  last: string | string[] | undefined,
  from: string | undefined,
): Promise<bigint | undefined> {
  if (last !== undefined && last !== '' && !positionText.safeParse(last).success)
    throw new MusterError('MUSTER_E_INVALID', {
      field: 'Last-Event-ID',
      problem: 'must be a position: a whole decimal number',
    });
  const named = typeof last === 'string' && last !== '' ? last : from;
  if (named === undefined) return await parts.eventStore.head();
  return await lastPositionBefore(parts.eventStore, { from: BigInt(named), inclusive: true });
}

async function changesAfter(
  surface: ConsoleSurface,
  wanted: Wanted,
  after: bigint | undefined,
  limit: number,
): Promise<z.input<typeof changesView>> {
  const changes: Change[] = [];
  const names = new ActorNames(surface.parts);
  let position = after ?? -1n;
  let examined = 0;
  const range = { ...(after !== undefined && { from: after }), limit: MOST_READ };
  for await (const page of surface.parts.eventStore.readAll(range)) {
    for (const event of page) {
      const change = await changeOf(surface, names, wanted, event);
      if (change !== undefined) changes.push(change);
      ({ position } = event);
      if (changes.length === limit) break;
      examined += 1;
      if (examined % AT_ONCE === 0) await setImmediate();
    }
    if (changes.length === limit) break;
  }
  await surface.parts.readModels.waitFor(position, WAIT_MS);
  return { changes, position: position.toString() };
}

async function changesUpTo(
  surface: ConsoleSurface,
  wanted: Wanted,
  {
    newest,
    oldest,
    limit,
  }: { readonly newest: bigint | undefined; readonly oldest: bigint; readonly limit: number },
): Promise<z.input<typeof eventsView>> {
  const changes: Change[] = [];
  const names = new ActorNames(surface.parts);
  if (newest === undefined) return { changes, next: null };
  let examined = 0;
  const range = { direction: 'backwards', from: newest, inclusive: true, limit: MOST_READ + 1 } as const;
  for await (const page of surface.parts.eventStore.readAll(range)) {
    for (const event of page) {
      if (event.position <= oldest) return { changes, next: null };
      if (changes.length === limit || examined === MOST_READ)
        return { changes, next: event.position.toString() };
      examined += 1;
      const change = await changeOf(surface, names, wanted, event);
      if (change !== undefined) changes.push(change);
      if (examined % AT_ONCE === 0) await setImmediate();
    }
  }
  return { changes, next: null };
}

async function* texts(
  surface: ConsoleSurface,
  wanted: Wanted,
  after: bigint | undefined,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const { eventStore, readModels, clock } = surface.parts;
  let position = after ?? -1n;
  let examined = 0;
  yield `retry: 1000\n\n${positionEvent(position, clock.now())}`;
  const messages: AsyncIterable<SubscriptionMessage | Silence> = keepAlive(
    eventStore.subscribe({ ...(after !== undefined && { after }), signal }),
    clock,
    surface.limits.keepAliveMs,
    signal,
  );
  for await (const message of messages) {
    if (message.kind === 'silence') yield positionEvent(position, clock.now());
    if (message.kind === 'checkpoint') ({ position } = message);
    if (message.kind !== 'events') continue;
    const found: Change[] = [];
    // Not for the whole stream: an account can be erased, and a key revoked, while it lasts.
    const names = new ActorNames(surface.parts);
    for (const event of message.events) {
      const change = await changeOf(surface, names, wanted, event);
      if (change !== undefined) found.push(change);
      ({ position } = event);
      examined += 1;
      if (examined % AT_ONCE === 0) await setImmediate();
    }
    if (found.length > 0) {
      await readModels.waitFor(position, WAIT_MS);
      yield found
        .map((change) => `event: change\nid: ${change.position}\ndata: ${JSON.stringify(change)}\n\n`)
        .join('');
    }
    await setImmediate();
  }
}

/** Returns the server-sent event `position`. Clients can resume from its id too. */
function positionEvent(position: bigint, now: number): string {
  const id = position < 0n ? '' : `id: ${position}\n`;
  return `event: position\n${id}data: ${JSON.stringify({ position: position.toString(), at: new Date(now).toISOString() })}\n\n`;
}
