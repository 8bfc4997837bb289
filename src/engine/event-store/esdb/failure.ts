import type { ServiceError } from '@grpc/grpc-js';
import { status } from '@grpc/grpc-js';
import { isMusterError, MusterError } from '#domain/errors/index.js';

/** What is known of a call that failed. */
export type Outcome =
  /** It was refused: nothing happened, and the same would happen again. */
  | 'refused'
  /** It never reached a server that could take it: nothing happened. */
  | 'unreached'
  /** It may have happened, or may yet. */
  | 'unknown';

/** Only ever the answer of a server that understood and refused. */
const REFUSALS: ReadonlySet<number> = new Set([
  status.INVALID_ARGUMENT,
  status.ALREADY_EXISTS,
  status.PERMISSION_DENIED,
  status.UNAUTHENTICATED,
  status.FAILED_PRECONDITION,
  status.UNIMPLEMENTED,
]);

/** Words of gRPC and of the operating system for a connection that never came about. */
const NEVER_CONNECTED = /ECONNREFUSED|ENOTFOUND|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN|before call started|Failed to discover/;

export function outcomeOf(error: unknown): Outcome {
  const { code, details = '', message = '' } = error as Partial<ServiceError>;
  if (isMusterError(error)) return 'refused';
  if (isOfFollower(error)) return 'unreached';
  if (code === undefined) return NEVER_CONNECTED.test(message) ? 'unreached' : 'unknown';
  if (REFUSALS.has(code)) return 'refused';
  if (code === status.UNAVAILABLE && NEVER_CONNECTED.test(details)) return 'unreached';
  return 'unknown';
}

/** Whether who answered leads no more; the client asks the one that was named from then on. */
export function isOfFollower(error: unknown): boolean {
  return exceptionOf(error) === 'not-leader';
}

/** Whether the silence of a server ended the call, not its answer. */
export function isSilence(error: unknown): boolean {
  return (error as Partial<ServiceError>).code === status.DEADLINE_EXCEEDED;
}

/** Whether a subscription that ended so may be begun again. */
export function isPassing(error: unknown): boolean {
  return outcomeOf(error) !== 'refused';
}

/** Whether the server did not understand the request: what it says of a position that stands between two records, among others. */
export function isUnexplained(error: unknown): boolean {
  return (error as Partial<ServiceError>).code === status.UNKNOWN;
}

/** Any failure as one of ours. `stream`: the one that was spoken of. */
export function storeError(error: unknown, stream?: string): MusterError {
  if (isMusterError(error)) return error;
  const { code, details } = error as Partial<ServiceError>;
  switch (exceptionOf(error)) {
    case 'stream-deleted':
      return new MusterError('MUSTER_E_STREAM_DELETED', { stream: stream ?? trailer(error, 'stream-name') ?? '' }, { cause: error });
    case 'wrong-expected-version':
      return new MusterError(
        'MUSTER_E_WRONG_REVISION',
        { stream: stream ?? '', actual: revisionOf(trailer(error, 'actual-version')), expected: revisionOf(trailer(error, 'expected-version')) },
        { cause: error },
      );
    default:
      break;
  }
  const problem = details ?? (error instanceof Error ? error.message : String(error));
  return new MusterError(
    'MUSTER_E_STORE_UNAVAILABLE',
    { problem: code === undefined ? problem : `${status[code] ?? String(code)}: ${problem}` },
    { cause: error },
  );
}

function exceptionOf(error: unknown): string | undefined {
  return trailer(error, 'exception');
}

function trailer(error: unknown, name: string): string | undefined {
  const metadata = (error as Partial<ServiceError>).metadata;
  // What never reached gRPC has none.
  return typeof metadata?.get === 'function' ? metadata.get(name)[0]?.toString() : undefined;
}

/** The store writes -1 for "no stream". */
function revisionOf(version: string | undefined): number | string {
  return version === undefined || Number(version) < 0 ? 'no_stream' : Number(version);
}
