import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';
import { PageSize, TOMBSTONE_REVISION } from '#src/engine/event-store/index.js';
import { breathe } from './breathe.js';
import type { WireContext } from './context.js';
import { CheckpointCounter } from './checkpoint.js';
import { extentOf, isServed } from './extent.js';
import { answerFor } from './links.js';
import type { CallWriter } from './call-writer.js';
import { caughtUpMessage, confirmation, type ReadAnswer } from './read-answers.js';
import type { AllStart, ReadRequest } from './read-request.js';
import { streamDeleted, unforeseen } from './status.js';
import { streams, type Streams } from './stubs.js';

type Wanted<Kind extends ReadRequest['kind']> = Extract<ReadRequest, { kind: Kind }>;
type Answers = CallWriter<ReadAnswer>;

/** The largest int64, which EventStoreDB does not accept as a revision. */
const MAX_INT64 = 0x7fff_ffff_ffff_ffffn;

/**
 * Follows one stream until the client disconnects, or the stream is tombstoned. Truncation hides history, but not events that arrive while the
 * subscriber is up to date.
 */
export async function subscribeToStream(
  context: WireContext,
  request: Wanted<'subscribe-stream'>,
  outlet: Answers,
  signal: AbortSignal,
): Promise<void> {
  const { log, clock } = context;
  const { stream, from } = request;
  if (from === MAX_INT64) throw unforeseen();
  const initially = log.state(stream);
  if (from !== 'end' && initially.tombstoned) throw streamDeleted(stream);
  let next = from === 'start' ? 0 : from === 'end' ? initially.head + 1 : Number(from) + 1;
  let caughtUp = false;
  await outlet.write(confirmation());
  if (from === 'end') {
    caughtUp = true;
    await outlet.write(caughtUpMessage());
    if (initially.tombstoned) next = Number.POSITIVE_INFINITY;
  }
  while (!signal.aborted) {
    const seen = log.newest();
    const { head, tombstoned } = log.state(stream);
    if (tombstoned && next <= TOMBSTONE_REVISION) {
      await deliver(context, request, next, TOMBSTONE_REVISION, () => true, outlet);
      throw streamDeleted(stream);
    }
    const extent = caughtUp ? undefined : extentOf(log, stream, clock.now());
    if (caughtUp || extent !== undefined) {
      next = await deliver(
        context,
        request,
        Math.max(next, extent?.first ?? 0),
        head,
        (event) => extent === undefined || isServed(extent, event),
        outlet,
      );
      if (!caughtUp && log.state(stream).head === head) {
        caughtUp = true;
        await outlet.write(caughtUpMessage());
      }
    }
    if (!(await log.grown(seen, signal))) return;
  }
}

/** Sends events from revision `next` up to `last`. Returns the next revision. */
async function deliver(
  { log, clock }: WireContext,
  request: Wanted<'subscribe-stream'>,
  next: number,
  last: number,
  served: (event: RecordedEvent) => boolean,
  outlet: Answers,
): Promise<number> {
  const size = new PageSize();
  let at = next;
  while (at <= last && !outlet.closed) {
    const until = Math.min(last, at + size.events - 1);
    // A tombstone has a far greater revision than the last event.
    const page = log.events(request.stream, at, last === TOMBSTONE_REVISION ? last : until, 1);
    for (const event of page)
      if (served(event)) await outlet.write(answerFor(log, event, clock.now(), request));
    const newest = page.at(-1)?.revision;
    if (newest === undefined) break;
    size.saw(page);
    at = newest + 1;
    await breathe();
  }
  return Math.max(next, at);
}

/** Follows the whole log. If there is a filter, the client is periodically sent its position. */
export async function subscribeToAll(
  context: WireContext,
  request: Wanted<'subscribe-all'>,
  outlet: Answers,
  signal: AbortSignal,
): Promise<void> {
  const { log, clock } = context;
  const { filter } = request;
  if (filter?.interval === 0) throw unforeseen();
  const after = startOf(request.from, context);
  const checkpoints =
    filter === undefined ? undefined : new CheckpointCounter(filter, after, request.from === 'end');
  await followLog(context, after, outlet, signal, {
    send: async (event) => {
      const matched = filter === undefined || filter.matches(event);
      if (matched) await outlet.write(answerFor(log, event, clock.now(), request));
      const checkpoint = checkpoints?.saw(Number(event.position), matched);
      if (checkpoint !== undefined) await outlet.write(checkpointMessage(checkpoint));
    },
    live: () => checkpoints?.live(),
  });
}

interface LogFollower {
  send(event: RecordedEvent): Promise<void>;
  live?(): void;
}

/** Confirms a subscription, and passes on all events after a position until the client disconnects. */
async function followLog(
  { log }: WireContext,
  after: number,
  outlet: Answers,
  signal: AbortSignal,
  { send, live }: LogFollower,
): Promise<void> {
  const size = new PageSize();
  let at = after;
  let caughtUp = false;
  await outlet.write(confirmation());
  while (!signal.aborted) {
    const page = log.forwards(at, size.events);
    for (const event of page) {
      if (signal.aborted) return;
      at = Number(event.position);
      await send(event);
    }
    size.saw(page);
    if (page.length > 0) {
      await breathe();
      continue;
    }
    if (!caughtUp) {
      caughtUp = true;
      live?.();
      await outlet.write(caughtUpMessage());
    }
    if (!(await log.grown(at, signal))) return;
  }
}

/** Returns the exclusive start position. A position beyond the end is treated as the end. */
function startOf(from: AllStart, { log }: WireContext): number {
  const newest = log.newest();
  if (from === 'start') return 0;
  if (from === 'end') return newest;
  const at = Number(from.commit);
  // An event that was just sent to a client may be readable before it is included in the head.
  if (at === 0 || log.forwards(at - 1, 1)[0]?.position === from.commit) return at;
  if (from.commit > BigInt(newest)) return newest;
  throw unforeseen();
}

function checkpointMessage({
  commit,
  prepare,
}: {
  readonly commit: number;
  readonly prepare: number;
}): Streams.ReadResp {
  const message = new streams.ReadResp.Checkpoint()
    .setCommitPosition(String(commit))
    .setPreparePosition(String(prepare));
  return new streams.ReadResp().setCheckpoint(message);
}
