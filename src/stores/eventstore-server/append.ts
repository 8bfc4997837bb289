import type { handleClientStreamingCall } from '@grpc/grpc-js';
import jspb from 'google-protobuf';
import { isMusterError, type MusterError } from '#domain/kernel/errors/index.js';
import type { AppendResult } from '#domain/kernel/ports/event-store.js';
import type { Caller } from './caller.js';
import { isCancelled } from './cancelled-call.js';
import type { WireContext } from './context.js';
import { requiredExpectation, type Expectation } from './expectation.js';
import { streamNameOf } from './names.js';
import { Proposal } from './proposal.js';
import { statusOf, unforeseen } from './status.js';
import { shared, streams, type Streams } from './stubs.js';

interface Append {
  readonly stream: string;
  readonly expected: Expectation;
  readonly proposal: Proposal;
}

/** Streams.Append: the client sends options and then the events, and gets one response. A conflict is reported in the response, not as an error. */
export function appendCall(
  context: WireContext,
): handleClientStreamingCall<Streams.AppendReq, Streams.AppendResp> {
  return (call, callback) => {
    call.once('cancelled', () => call.destroy());
    const answer = async (): Promise<Streams.AppendResp> => {
      const { stream, expected, proposal } = await received(call, call, context);
      // A partial append must not be written.
      if (isCancelled(call)) throw unforeseen();
      try {
        return success(
          await context.gate.pass(proposal.size, () =>
            context.log.append({ stream, expected: expected.form, events: proposal.events }),
          ),
        );
      } catch (error) {
        if (isMusterError(error, 'MUSTER_E_WRONG_REVISION')) return conflict(error, expected);
        throw error;
      }
    };
    answer().then(
      (response) => callback(null, response),
      (error: unknown) => callback(statusOf(error)),
    );
  };
}

async function received(
  messages: AsyncIterable<Streams.AppendReq>,
  caller: Caller,
  context: WireContext,
): Promise<Append> {
  let head: Pick<Append, 'stream' | 'expected'> | undefined;
  let proposal: Proposal | undefined;
  for await (const message of messages) {
    const options = message.getOptions();
    if (head === undefined || proposal === undefined) {
      if (options === undefined) throw unforeseen();
      const stream = streamNameOf(options.getStreamIdentifier());
      context.mayWrite(caller, stream);
      proposal = new Proposal(stream, context.bounds, context.rule);
      head = {
        stream,
        expected: requiredExpectation(options, options.hasRevision() ? options.getRevision() : undefined),
      };
      continue;
    }
    const proposed = message.getProposedMessage();
    if (proposed === undefined) throw unforeseen();
    proposal.add(proposed);
  }
  if (head === undefined || proposal === undefined) throw unforeseen();
  return { ...head, proposal };
}

function success({ revision, position }: AppendResult): Streams.AppendResp {
  const message = new streams.AppendResp.Success();
  if (revision < 0) message.setNoStream(new shared.Empty());
  else message.setCurrentRevision(String(revision));
  if (position === 0n) message.setNoPosition(new shared.Empty());
  else
    message.setPosition(
      new streams.AppendResp.Position()
        .setCommitPosition(String(position))
        .setPreparePosition(String(position)),
    );
  return new streams.AppendResp().setSuccess(message);
}

function conflict(error: MusterError, expected: Expectation): Streams.AppendResp {
  const message = new streams.AppendResp.WrongExpectedVersion();
  const { actual } = error.fields;
  if (typeof actual === 'number') message.setCurrentRevision(String(actual)).setCurrentRevision2060(actual);
  else message.setCurrentNoStream(new shared.Empty()).setNoStream2060(new shared.Empty());
  const { form, revision } = expected;
  if (revision !== undefined) message.setExpectedRevision(revision);
  else if (form === 'any') message.setExpectedAny(new shared.Empty()).setAny2060(new shared.Empty());
  else if (form === 'stream_exists')
    message.setExpectedStreamExists(new shared.Empty()).setStreamExists2060(new shared.Empty());
  else message.setExpectedNoStream(new shared.Empty());
  return new streams.AppendResp().setWrongExpectedVersion(message);
}

const WRONG_EXPECTED_VERSION = 2;
const EXPECTED_REVISION_20_6 = 3;
const NO_STREAM_20_6 = '18446744073709551615';

/** Serializes a response. A conflict needs one field that the client's message classes cannot hold: a uint64 beyond JavaScript's exact range. */
export function writeAppendResponse(response: Streams.AppendResp): Buffer {
  const wrong = response.getWrongExpectedVersion();
  if (wrong === undefined || wrong.hasAny2060() || wrong.hasStreamExists2060())
    return Buffer.from(response.serializeBinary());
  const field = new jspb.BinaryWriter();
  field.writeUint64String(
    EXPECTED_REVISION_20_6,
    wrong.hasExpectedRevision() ? wrong.getExpectedRevision() : NO_STREAM_20_6,
  );
  const writer = new jspb.BinaryWriter();
  writer.writeBytes(
    WRONG_EXPECTED_VERSION,
    Buffer.concat([wrong.serializeBinary(), field.getResultBuffer()]),
  );
  return Buffer.from(writer.getResultBuffer());
}
