import { status as code } from '@grpc/grpc-js';
import { isMusterError } from '#domain/kernel/errors/index.js';
import type { AppendResult } from '#domain/kernel/ports/event-store.js';
import type { Expectation } from './expectation.js';
import { streamIdentifier } from './names.js';
import { WireStatus } from './status.js';
import { anyMessage, emptyMessage, shared, status, streams, type Streams } from './stubs.js';

/** An error within a response, as a google.rpc.Status. Clients recognize its details by their type name. */
interface BatchError {
  readonly code: code;
  readonly message: string;
  readonly type: string;
  readonly details: { serializeBinary(): Uint8Array };
}

export const TIMEOUT: BatchError = {
  code: code.DEADLINE_EXCEEDED,
  message: 'Timeout',
  type: 'Timeout',
  details: new shared.Timeout(),
};

const empty = (): InstanceType<typeof emptyMessage.Empty> => new emptyMessage.Empty();

export function successAnswer({ revision, position }: AppendResult): Streams.BatchAppendResp {
  const message = new streams.BatchAppendResp.Success();
  if (revision < 0) message.setNoStream(empty());
  else message.setCurrentRevision(String(revision));
  if (position === 0n) message.setNoPosition(empty());
  else
    message.setPosition(
      new shared.AllStreamPosition().setCommitPosition(String(position)).setPreparePosition(String(position)),
    );
  return new streams.BatchAppendResp().setSuccess(message);
}

export function errorAnswer(error: BatchError): Streams.BatchAppendResp {
  const details = new anyMessage.Any();
  details.pack(error.details.serializeBinary(), `event_store.client.${error.type}`);
  return new streams.BatchAppendResp().setError(
    new status.Status()
      .setCode(error.code as number)
      .setMessage(error.message)
      .setDetails(details),
  );
}

/** Returns the error for the response to a failed batch. The call continues with the next batch. */
export function batchError(error: unknown, stream: string, expected: Expectation | undefined): BatchError {
  if (isMusterError(error, 'MUSTER_E_WRONG_REVISION') && expected !== undefined) {
    return {
      code: code.ALREADY_EXISTS,
      message: 'WrongExpectedVersion',
      type: 'WrongExpectedVersion',
      details: conflict(error.fields['actual'], expected),
    };
  }
  if (isMusterError(error, 'MUSTER_E_STREAM_DELETED')) {
    return {
      code: code.NOT_FOUND,
      message: 'StreamDeleted',
      type: 'StreamDeleted',
      details: new shared.StreamDeleted().setStreamIdentifier(streamIdentifier(stream)),
    };
  }
  // The append may still be written.
  if (isMusterError(error, 'MUSTER_E_STORE_UNAVAILABLE')) return TIMEOUT;
  if (isMusterError(error, 'MUSTER_E_STORE_FULL') || isMusterError(error, 'MUSTER_E_STORE_BUSY')) {
    return {
      code: code.RESOURCE_EXHAUSTED,
      message: error.message,
      type: 'Unknown',
      details: new shared.Unknown(),
    };
  }
  const exception = error instanceof WireStatus ? error.metadata.get('exception')[0] : undefined;
  if (exception === 'maximum-append-size-exceeded') {
    const details = new shared.MaximumAppendSizeExceeded().setMaxappendsize(
      Number((error as WireStatus).metadata.get('maximum-append-size')[0]),
    );
    return {
      code: code.INVALID_ARGUMENT,
      message: 'MaximumAppendSizeExceeded',
      type: 'MaximumAppendSizeExceeded',
      details,
    };
  }
  if (exception === 'access-denied')
    return {
      code: code.PERMISSION_DENIED,
      message: error instanceof Error ? error.message : 'Access Denied',
      type: 'AccessDenied',
      details: new shared.AccessDenied(),
    };
  const text =
    error instanceof WireStatus ? error.inBatch : error instanceof Error ? error.message : String(error);
  return {
    code: code.INVALID_ARGUMENT,
    message: 'BadRequest',
    type: 'BadRequest',
    details: new shared.BadRequest().setMessage(text),
  };
}

function conflict(
  actual: string | number | undefined,
  { form, revision }: Expectation,
): InstanceType<typeof shared.WrongExpectedVersion> {
  const message = new shared.WrongExpectedVersion();
  if (typeof actual === 'number') message.setCurrentStreamRevision(String(actual));
  else message.setCurrentNoStream(empty());
  if (revision !== undefined) message.setExpectedStreamPosition(revision);
  else if (form === 'any') message.setExpectedAny(empty());
  else if (form === 'stream_exists') message.setExpectedStreamExists(empty());
  else message.setExpectedNoStream(empty());
  return message;
}
