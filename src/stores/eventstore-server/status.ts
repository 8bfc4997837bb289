import { Metadata, status } from '@grpc/grpc-js';
import { isMusterError } from '#domain/kernel/errors/index.js';

/** The unsuccessful end of a call: the gRPC status, the message, and the trailers by which clients recognize the error. */
export class WireStatus extends Error {
  readonly details: string;

  constructor(
    readonly code: status,
    details: string,
    readonly metadata: Metadata = new Metadata(),
    readonly inBatch = details,
  ) {
    super(details);
    this.name = 'WireStatus';
    this.details = details;
  }
}

export function unforeseen(details = 'Exception was thrown by handler.'): WireStatus {
  return new WireStatus(status.UNKNOWN, details);
}

export function emptyEventType(): WireStatus {
  const { code, details, metadata } = unforeseen();
  return new WireStatus(code, details, metadata, "Empty eventType provided. (Parameter 'eventType')");
}

export function invalidArgument(details: string): WireStatus {
  return new WireStatus(status.INVALID_ARGUMENT, details);
}

export function streamDeleted(stream: string): WireStatus {
  return named(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, 'stream-deleted', {
    'stream-name': stream,
  });
}

/** Clients recognize this error by its trailer. The message gives the reason, unless the client simply sent no credentials. */
export function accessDenied(reason?: string): WireStatus {
  return named(
    status.PERMISSION_DENIED,
    reason === undefined ? 'Access Denied' : `Access Denied: ${reason}`,
    'access-denied',
    {},
  );
}

export function notOfMuster(stream: string): WireStatus {
  return accessDenied(
    `stream '${stream}' belongs to Muster: its events must have data and metadata in Muster's format`,
  );
}

export function appendTooLarge(bytes: number): WireStatus {
  const size = String(bytes);
  return named(
    status.INVALID_ARGUMENT,
    `Maximum Append Size of ${size} Exceeded.`,
    'maximum-append-size-exceeded',
    { 'maximum-append-size': size },
  );
}

export function metadataMissing(): WireStatus {
  return named(
    status.INVALID_ARGUMENT,
    'Required Metadata Property is missing',
    'missing-required-metadata-property',
    {
      'required-metadata-properties': 'type,content-type',
    },
  );
}

/** Error for deletions; appends report it in a message. Versions use EventStoreDB's numbers: -2 for any, -1 for no stream, -4 for stream exists. */
export function wrongExpectedVersion(stream: string, expected: string, actual: string): WireStatus {
  const text = `Delete failed due to WrongExpectedVersion. Stream: ${stream}, Expected version: ${expected}, Actual version: ${actual}`;
  return named(status.FAILED_PRECONDITION, text, 'wrong-expected-version', {
    'stream-name': stream,
    'expected-version': expected,
    'actual-version': actual,
  });
}

export function shuttingDown(): WireStatus {
  return new WireStatus(status.UNAVAILABLE, 'Server Is Shutting Down');
}

export function statusOf(error: unknown): WireStatus {
  if (error instanceof WireStatus) return error;
  if (isMusterError(error, 'MUSTER_E_STREAM_DELETED')) return streamDeleted(String(error.fields['stream']));
  if (isMusterError(error, 'MUSTER_E_STORE_FULL'))
    return new WireStatus(status.RESOURCE_EXHAUSTED, error.message);
  if (isMusterError(error, 'MUSTER_E_STORE_BUSY')) return new WireStatus(status.UNAVAILABLE, error.message);
  if (isMusterError(error, 'MUSTER_E_STORE_UNAVAILABLE'))
    return new WireStatus(status.UNAVAILABLE, error.message);
  return unforeseen();
}

function named(
  code: status,
  details: string,
  exception: string,
  fields: Readonly<Record<string, string>>,
): WireStatus {
  const metadata = new Metadata();
  metadata.set('exception', exception);
  for (const [name, value] of Object.entries(fields)) metadata.set(name, ascii(value));
  return new WireStatus(code, ascii(details), metadata);
}

/** Trailers must be printable ASCII. */
function ascii(text: string): string {
  return text.replace(/[^ -~]/gu, '?').slice(0, 1024);
}
