import { streamNameOf } from './names.js';
import { invalidArgument, unforeseen } from './status.js';
import { wireFilter, type WireFilter } from './filter.js';
import { streams, type Streams } from './stubs.js';

/** Start of a stream read. Revisions beyond 2^53 do not exist here. */
export type StreamStart = 'start' | 'end' | bigint;
export type AllStart = 'start' | 'end' | { readonly commit: bigint; readonly prepare: bigint };

interface Options {
  readonly resolveLinks: boolean;
  readonly structuredIds: boolean;
}
interface Bounded extends Options {
  readonly backwards: boolean;
  readonly count: number;
}

export type ReadRequest =
  | ({
      readonly kind: 'stream';
      readonly stream: string;
      readonly from: StreamStart;
      readonly compatibility: number;
    } & Bounded)
  | ({ readonly kind: 'all'; readonly from: AllStart; readonly filter: WireFilter | undefined } & Bounded)
  | ({ readonly kind: 'subscribe-stream'; readonly stream: string; readonly from: StreamStart } & Options)
  | ({
      readonly kind: 'subscribe-all';
      readonly from: AllStart;
      readonly filter: WireFilter | undefined;
    } & Options);

/** Parses a read request. Throws the errors that EventStoreDB returns for invalid requests. */
export function readRequest(request: Streams.ReadReq): ReadRequest {
  const options = request.getOptions();
  if (options === undefined) throw unforeseen();
  const backwards = options.getReadDirection() === streams.ReadReq.Options.ReadDirection.BACKWARDS;
  checkCombination(options, backwards);
  const uuid = options.getUuidOption();
  if (uuid === undefined) throw unforeseen();
  const common = { resolveLinks: options.getResolveLinks(), structuredIds: uuid.hasStructured() };
  const count = options.hasCount() ? countOf(options.getCount()) : undefined;
  const stream = options.getStream();
  if (stream !== undefined) {
    const target = {
      ...common,
      stream: streamNameOf(stream.getStreamIdentifier()),
      from: streamStart(stream),
    };
    if (count === undefined) return { kind: 'subscribe-stream', ...target };
    return {
      kind: 'stream',
      ...target,
      backwards,
      count,
      compatibility: options.getControlOption()?.getCompatibility() ?? 0,
    };
  }
  const target = { ...common, from: allStart(options.getAll()), filter: wireFilter(options.getFilter()) };
  return count === undefined
    ? { kind: 'subscribe-all', ...target }
    : { kind: 'all', ...target, backwards, count };
}

function checkCombination(options: Streams.ReadReq.Options, backwards: boolean): void {
  const target = options.hasStream() ? 'Stream' : options.hasAll() ? 'All' : 'None';
  const count = options.hasCount() ? 'Count' : options.hasSubscription() ? 'Subscription' : 'None';
  const filter = options.hasFilter() ? 'Filter' : options.hasNoFilter() ? 'NoFilter' : 'None';
  const sensible =
    target !== 'None' &&
    count !== 'None' &&
    filter !== 'None' &&
    !(target === 'Stream' && filter === 'Filter') &&
    !(count === 'Subscription' && backwards);
  if (!sensible)
    throw invalidArgument(
      `The combination of (${target}, ${count}, ${backwards ? 'Backwards' : 'Forwards'}, ${filter}) is invalid.`,
    );
}

/** The .NET client requests 2^63 − 1 events by default. Larger counts than a JavaScript number holds exactly are capped, as no log has so many. */
function countOf(sent: string | number): number {
  return Math.min(Number(sent), Number.MAX_SAFE_INTEGER);
}

function streamStart(options: Streams.ReadReq.Options.StreamOptions): StreamStart {
  if (options.hasStart()) return 'start';
  if (options.hasEnd()) return 'end';
  if (!options.hasRevision()) throw unforeseen();
  const revision = BigInt(options.getRevision());
  return revision === MAX_UINT64 ? 'end' : revision;
}

function allStart(options: Streams.ReadReq.Options.AllOptions | undefined): AllStart {
  if (options?.hasStart() === true) return 'start';
  if (options?.hasEnd() === true) return 'end';
  const position = options?.getPosition();
  if (position === undefined) throw unforeseen();
  const commit = BigInt(position.getCommitPosition());
  const prepare = BigInt(position.getPreparePosition());
  if (commit < prepare) throw unforeseen();
  return { commit, prepare };
}

export const MAX_UINT64 = 0xffff_ffff_ffff_ffffn;
