import type { handleUnaryCall } from '@grpc/grpc-js';
import { isMusterError } from '#domain/kernel/errors/index.js';
import type { AppendResult } from '#domain/kernel/ports/event-store.js';
import type { Caller } from './caller.js';
import type { WireContext } from './context.js';
import { expectedVersion, requiredExpectation } from './expectation.js';
import { streamNameOf } from './names.js';
import { statusOf, unforeseen, wrongExpectedVersion } from './status.js';
import { shared, streams, type Streams } from './stubs.js';

type Options = Streams.DeleteReq.Options | Streams.TombstoneReq.Options;

/** Streams.Delete: the stream no longer exists for readers, but may be created again. */
export function deleteCall(context: WireContext): handleUnaryCall<Streams.DeleteReq, Streams.DeleteResp> {
  return (call, callback) => {
    carryOut(context, 'delete', call, call.request.getOptions()).then(
      ({ position }) =>
        callback(null, deleted(new streams.DeleteResp(), new streams.DeleteResp.Position(), position)),
      (error: unknown) => callback(statusOf(error)),
    );
  };
}

/** Streams.Tombstone: the name can never be used again. */
export function tombstoneCall(
  context: WireContext,
): handleUnaryCall<Streams.TombstoneReq, Streams.TombstoneResp> {
  return (call, callback) => {
    carryOut(context, 'tombstone', call, call.request.getOptions()).then(
      ({ position }) =>
        callback(null, deleted(new streams.TombstoneResp(), new streams.TombstoneResp.Position(), position)),
      (error: unknown) => callback(statusOf(error)),
    );
  };
}

async function carryOut(
  context: WireContext,
  how: 'delete' | 'tombstone',
  caller: Caller,
  options: Options | undefined,
): Promise<AppendResult> {
  if (options === undefined) throw unforeseen();
  const stream = streamNameOf(options.getStreamIdentifier());
  context.mayDelete(caller, stream);
  const expected = requiredExpectation(options, options.hasRevision() ? options.getRevision() : undefined);
  try {
    return await context.gate.pass(0, () => context.log[how](stream, expected.form));
  } catch (error) {
    if (!isMusterError(error, 'MUSTER_E_WRONG_REVISION')) throw error;
    const { actual } = error.fields;
    throw wrongExpectedVersion(
      stream,
      expectedVersion(expected),
      typeof actual === 'number' ? String(actual) : '-1',
    );
  }
}

interface Position {
  setCommitPosition(value: string): this;
  setPreparePosition(value: string): this;
}

function deleted<
  Response extends {
    setPosition(value: At): unknown;
    setNoPosition(value: InstanceType<typeof shared.Empty>): unknown;
  },
  At extends Position,
>(response: Response, at: At, position: bigint): Response {
  if (position === 0n) response.setNoPosition(new shared.Empty());
  else response.setPosition(at.setCommitPosition(String(position)).setPreparePosition(String(position)));
  return response;
}
