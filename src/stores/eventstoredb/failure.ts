import type { ServiceError } from '@grpc/grpc-js';
import { status } from '@grpc/grpc-js';
import { isMusterError, MusterError } from '#domain/kernel/errors/index.js';
import { StoreUnreachable } from '#src/engine/event-store/index.js';
import type { StoreHost } from './store-url.js';

export type Outcome =
  /** The call was refused. Nothing happened, and a repeated call would also fail. */
  | 'refused'
  /** The call never reached a server that could execute it. Nothing happened. */
  | 'unreached'
  /** The call may have taken effect, or may still take effect. */
  | 'unknown';

/** Status codes that are sent only by a server that has understood and refused the call. */
const REFUSALS: ReadonlySet<number> = new Set([
  status.INVALID_ARGUMENT,
  status.ALREADY_EXISTS,
  status.PERMISSION_DENIED,
  status.UNAUTHENTICATED,
  status.FAILED_PRECONDITION,
  status.UNIMPLEMENTED,
]);

/** Messages from gRPC and the operating system about a connection that was never established. */
const NEVER_CONNECTED =
  /ECONNREFUSED|ENOTFOUND|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN|before call started|Channel has been shut down/;

/** Creates an error like those of gRPC, for a call that this client ended. */
export function callFailure(code: status, details: string): Error {
  return Object.assign(new Error(details), { code, details });
}

export function outcomeOf(error: unknown): Outcome {
  const { code, details = '', message = '' } = error as Partial<ServiceError>;
  if (isMusterError(error)) return 'refused';
  if (error instanceof StoreUnreachable) return 'unreached';
  if (isOfFollower(error)) return 'unreached';
  if (code === undefined) return NEVER_CONNECTED.test(message) ? 'unreached' : 'unknown';
  if (REFUSALS.has(code)) return 'refused';
  if (code === status.UNAVAILABLE && NEVER_CONNECTED.test(details)) return 'unreached';
  return 'unknown';
}

export function isOfFollower(error: unknown): boolean {
  return exceptionOf(error) === 'not-leader';
}

export function leaderNamedBy(error: unknown): StoreHost | undefined {
  if (!isOfFollower(error)) return undefined;
  const [host, port] = [
    trailer(error, 'leader-endpoint-host'),
    Number(trailer(error, 'leader-endpoint-port')),
  ];
  return host === undefined || host === '' || !(port > 0) ? undefined : { host, port };
}

/** Returns whether the call ended because of a timeout, not with a response. */
export function isSilence(error: unknown): boolean {
  return (error as Partial<ServiceError>).code === status.DEADLINE_EXCEEDED;
}

/** Returns whether the subscription may be resumed after this error. */
export function isPassing(error: unknown): boolean {
  return outcomeOf(error) !== 'refused';
}

/** Returns whether the server did not understand the request, for example because a position is between two records. */
export function isUnexplained(error: unknown): boolean {
  return (error as Partial<ServiceError>).code === status.UNKNOWN;
}

/** Returns whether the server does not know the call. */
export function isUnimplemented(error: unknown): boolean {
  return (error as Partial<ServiceError>).code === status.UNIMPLEMENTED;
}

export function isUnauthorized(error: unknown): boolean {
  const { code, cause } = error as Partial<ServiceError>;
  const own = isMusterError(error) ? (cause as Partial<ServiceError> | undefined)?.code : code;
  return own === status.UNAUTHENTICATED || own === status.PERMISSION_DENIED;
}

export function storeError(error: unknown, stream?: string): MusterError {
  if (isMusterError(error)) return error;
  const { code, details } = error as Partial<ServiceError>;
  switch (exceptionOf(error)) {
    case 'stream-deleted':
      return new MusterError(
        'MUSTER_E_STREAM_DELETED',
        { stream: stream ?? trailer(error, 'stream-name') ?? '' },
        { cause: error },
      );
    case 'wrong-expected-version':
      return new MusterError(
        'MUSTER_E_WRONG_REVISION',
        {
          stream: stream ?? '',
          actual: revisionOf(trailer(error, 'actual-version')),
          expected: revisionOf(trailer(error, 'expected-version')),
        },
        { cause: error },
      );
    default:
      break;
  }
  if (code === status.UNAUTHENTICATED)
    return unavailable(
      'it was reached, but the user name or the password in MUSTER_EVENTSTORE_URL is wrong (UNAUTHENTICATED)',
      error,
    );
  if (code === status.PERMISSION_DENIED)
    return unavailable(
      `it was reached, but the user in MUSTER_EVENTSTORE_URL has no right to ${stream === undefined ? 'read $all' : `use stream ${stream}`} (PERMISSION_DENIED: ${details ?? ''})`,
      error,
    );
  const problem = details ?? (error instanceof Error ? error.message : String(error));
  const shown = code === undefined ? problem : `${status[code] ?? String(code)}: ${problem}`;
  const unreached = !(error instanceof StoreUnreachable) && outcomeOf(error) === 'unreached';
  return unavailable(shown, unreached ? new StoreUnreachable(problem, { cause: error }) : error);
}

function unavailable(problem: string, cause: unknown): MusterError {
  return new MusterError('MUSTER_E_STORE_UNAVAILABLE', { problem }, { cause });
}

function exceptionOf(error: unknown): string | undefined {
  return trailer(error, 'exception');
}

function trailer(error: unknown, name: string): string | undefined {
  const metadata = (error as Partial<ServiceError>).metadata;
  return typeof metadata?.get === 'function' ? metadata.get(name)[0]?.toString() : undefined;
}

function revisionOf(version: string | undefined): number | string {
  return version === undefined || Number(version) < 0 ? 'no_stream' : Number(version);
}
