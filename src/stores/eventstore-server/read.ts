import type { handleServerStreamingCall } from '@grpc/grpc-js';
import { PageSize } from '#src/engine/event-store/index.js';
import { breathe } from './breathe.js';
import { CallLife } from './call-life.js';
import type { WireContext } from './context.js';
import { extentOf, isServed, type Extent } from './extent.js';
import { answerFor } from './links.js';
import { CallWriter } from './call-writer.js';
import { firstStreamPosition, lastStreamPosition, streamNotFound, type ReadAnswer } from './read-answers.js';
import {
  MAX_UINT64,
  readRequest,
  type AllStart,
  type ReadRequest,
  type StreamStart,
} from './read-request.js';
import { shuttingDown, statusOf, unforeseen } from './status.js';
import type { Streams } from './stubs.js';
import { subscribeToAll, subscribeToStream } from './subscribe.js';

const PAGE_OF_EVENTSTOREDB = 32;

type Wanted<Kind extends ReadRequest['kind']> = Extract<ReadRequest, { kind: Kind }>;

/** Streams.Read: reads of and catch-up subscriptions to one stream or the whole log. */
export function readCall(context: WireContext): handleServerStreamingCall<Streams.ReadReq, ReadAnswer> {
  return (call) => {
    const life = new CallLife(call, context.closing);
    const { signal } = life;
    const outlet = new CallWriter(call, signal);
    const answer = async (): Promise<void> => {
      context.mayRead(call);
      const request = readRequest(call.request);
      switch (request.kind) {
        case 'stream':
          return await readStream(context, request, outlet);
        case 'all':
          return await readAll(context, request, outlet);
        case 'subscribe-stream':
          return await subscribeToStream(context, request, outlet, signal);
        case 'subscribe-all':
          return await subscribeToAll(context, request, outlet, signal);
      }
    };
    answer()
      .finally(() => life.end())
      .then(
        () => (context.closing.aborted ? call.emit('error', shuttingDown()) : call.end()),
        (error: unknown) => call.emit('error', statusOf(error)),
      );
  };
}

async function readStream(
  context: WireContext,
  request: Wanted<'stream'>,
  outlet: CallWriter<ReadAnswer>,
): Promise<void> {
  const { log, clock } = context;
  const { stream, backwards, count } = request;
  const now = clock.now();
  const extent = extentOf(log, stream, now);
  if (extent === undefined) {
    await outlet.write(streamNotFound(stream));
    return;
  }
  if (count === 0 || (!backwards && request.from === 'end'))
    throw unforeseen('Unexpected ReadStreamResult: Error');
  if (request.compatibility >= 1 && !backwards && skipsFirstPage(request.from, count, extent))
    await outlet.write(firstStreamPosition(extent.first));
  const size = new PageSize();
  let left = count;
  let at = firstRevision(request.from, backwards, extent);
  while (left > 0 && !outlet.closed && (backwards ? at >= extent.first : at <= extent.last)) {
    const span = Math.min(size.events, left);
    const until = backwards ? Math.max(extent.first, at - span + 1) : Math.min(extent.last, at + span - 1);
    const page = log.events(stream, Math.min(at, until), Math.max(at, until), backwards ? -1 : 1);
    for (const event of page) {
      if (!isServed(extent, event)) continue;
      left -= 1;
      await outlet.write(answerFor(log, event, now, request));
    }
    const last = page.at(-1)?.revision;
    if (last === undefined) break;
    size.saw(page);
    at = last + (backwards ? -1 : 1);
    await breathe();
  }
  if (request.compatibility >= 1) await writeBounds(extent, left === count && !backwards, outlet);
}

function firstRevision(from: StreamStart, backwards: boolean, { first, last }: Extent): number {
  if (backwards) return from === 'start' ? 0 : from === 'end' || from > BigInt(last) ? last : Number(from);
  if (from === 'start' || from === 'end') return first;
  return from > BigInt(last) ? last + 1 : Math.max(first, Number(from));
}

function skipsFirstPage(from: StreamStart, count: number, { first, last }: Extent): boolean {
  const start = typeof from === 'bigint' ? Number(from) : 0;
  return first <= last && start + Math.min(count, PAGE_OF_EVENTSTOREDB) <= first;
}

/** Sends newer clients the last revision, and also the first one if everything that they requested is truncated. */
async function writeBounds(
  { first, last }: Extent,
  nothing: boolean,
  outlet: CallWriter<ReadAnswer>,
): Promise<void> {
  if (nothing) {
    if (first > last + 1) await outlet.write(firstStreamPosition(first));
    await outlet.write(firstStreamPosition(last + 1));
  }
  await outlet.write(lastStreamPosition(last));
}

async function readAll(
  context: WireContext,
  request: Wanted<'all'>,
  outlet: CallWriter<ReadAnswer>,
): Promise<void> {
  const { log, clock } = context;
  const { backwards, count, filter } = request;
  const now = clock.now();
  const newest = log.newest();
  let at = firstPosition(request.from, backwards, newest, context);
  const size = new PageSize();
  let left = count;
  while (left > 0 && !outlet.closed) {
    const limit = filter === undefined ? Math.min(size.events, left) : size.events;
    const page = backwards ? log.backwards(at, limit) : log.forwards(at, limit);
    for (const event of page) {
      if (Number(event.position) > newest) return;
      at = Number(event.position);
      if (filter !== undefined && !filter.matches(event)) continue;
      await outlet.write(answerFor(log, event, now, request));
      left -= 1;
      if (left === 0) return;
    }
    if (page.length === 0) return;
    size.saw(page);
    await breathe();
  }
}

function firstPosition(from: AllStart, backwards: boolean, newest: number, { log }: WireContext): number {
  if (from === 'start') return 0;
  if (from === 'end' || from.commit === MAX_UINT64) return backwards ? newest + 1 : newest;
  if (from.commit === 0n) return 0;
  if (from.commit > BigInt(newest)) {
    if (backwards) throw unforeseen('Unexpected ReadAllResult: Error');
    return newest;
  }
  const at = Number(from.commit);
  if (log.forwards(at - 1, 1)[0]?.position !== from.commit)
    throw unforeseen('Unexpected ReadAllResult: Error');
  return backwards ? at : at - 1;
}
