import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';
import { PageSize } from '#src/engine/event-store/index.js';
import { breathe } from './breathe.js';
import type { WireContext } from './context.js';
import { answerFor } from './links.js';
import type { CallWriter } from './call-writer.js';
import type { ReadRequest, StreamStart } from './read-request.js';
import { lastStreamPosition, firstStreamPosition, streamNotFound, type ReadAnswer } from './read-answers.js';
import { unforeseen } from './status.js';
import { followLog } from './subscribe.js';
import { linkTo, type VirtualStream } from './virtual-streams.js';

type Wanted<Kind extends ReadRequest['kind']> = Extract<ReadRequest, { kind: Kind }>;
type Answers = CallWriter<ReadAnswer>;

/** Reads a stream that is computed by scanning the whole log in pages. */
export async function readVirtualStream(
  context: WireContext,
  request: Wanted<'stream'>,
  stream: VirtualStream,
  outlet: Answers,
): Promise<void> {
  const { log, clock } = context;
  const { from, backwards, count } = request;
  const now = clock.now();
  const newest = log.newest();
  const last = await firstMatch(events(context, stream, newest + 1, true), outlet);
  if (last === undefined) return await outlet.write(streamNotFound(request.stream));
  if (count === 0 || (!backwards && from === 'end')) throw unforeseen('Unexpected ReadStreamResult: Error');
  let left = backwards && from === 'start' ? 1 : count;
  const isForwards = !backwards || from === 'start';
  for await (const event of events(
    context,
    stream,
    isForwards ? before(from) : behind(from, newest),
    !isForwards,
  )) {
    if (outlet.closed || left === 0 || Number(event.position) > newest) break;
    left -= 1;
    await outlet.write(answerFor(log, linkTo(event, stream), now, request));
  }
  if (request.compatibility < 1) return;
  if (left === count && !backwards) await outlet.write(firstStreamPosition(Number(last.position) + 1));
  await outlet.write(lastStreamPosition(Number(last.position)));
}

/** Follows a stream that is computed from the log, until the client disconnects. */
export async function subscribeToVirtualStream(
  context: WireContext,
  request: Wanted<'subscribe-stream'>,
  stream: VirtualStream,
  outlet: Answers,
  signal: AbortSignal,
): Promise<void> {
  const { log, clock } = context;
  const { from } = request;
  const after = from === 'start' ? 0 : from === 'end' ? log.newest() : clamped(from);
  await followLog(context, after, outlet, signal, {
    send: async (event) => {
      if (stream.includes(event))
        await outlet.write(answerFor(log, linkTo(event, stream), clock.now(), request));
    },
  });
}

/** Returns the exclusive lower bound of a forward read. */
function before(from: StreamStart): number {
  return typeof from === 'bigint' && from > 0n ? clamped(from - 1n) : 0;
}

/** Returns the exclusive upper bound of a backward read. */
function behind(from: StreamStart, newest: number): number {
  return typeof from === 'bigint' && from < BigInt(newest) ? Number(from) + 1 : newest + 1;
}

function clamped(position: bigint): number {
  return position > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(position);
}

/** Yields the events of the stream, starting at an exclusive bound. Other work of this thread runs between pages. */
async function* events(
  { log }: WireContext,
  stream: VirtualStream,
  bound: number,
  backwards: boolean,
): AsyncGenerator<RecordedEvent, void, undefined> {
  const size = new PageSize();
  for (let at = bound; ;) {
    const page = backwards ? log.backwards(at, size.events) : log.forwards(at, size.events);
    for (const event of page) if (stream.includes(event)) yield event;
    const end = page.at(-1);
    if (end === undefined) return;
    at = Number(end.position);
    size.saw(page);
    await breathe();
  }
}

async function firstMatch(
  matches: AsyncGenerator<RecordedEvent, void, undefined>,
  outlet: Answers,
): Promise<RecordedEvent | undefined> {
  for await (const event of matches) if (!outlet.closed) return event;
  return undefined;
}
