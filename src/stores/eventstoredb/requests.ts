import timestamps from 'google-protobuf/google/protobuf/timestamp_pb.js';
import type {
  AppendRequest,
  Direction,
  EventFilter,
  ExpectedRevision,
  NewEvent,
} from '#domain/kernel/ports/event-store.js';
import { decodePayload } from '#src/engine/event-store/index.js';
import {
  AppendReq,
  BatchAppendReq,
  DeleteReq,
  Empty,
  ReadReq,
  StreamIdentifier,
  TombstoneReq,
  UUID,
} from './wire-stubs.js';
import type {
  BatchMessage,
  BatchResult,
  DeleteMessage,
  ReadMessage,
  TombstoneMessage,
} from './wire-stubs.js';

const FORWARDS = 0;
const BACKWARDS = 1;
const NOT_OF_THE_STORE = '^[^$]';
const NEVER = '\0';
const WINDOW = 1000;

export function appendMessages(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]) {
  const options = new AppendReq.Options().setStreamIdentifier(streamIdentifier(stream));
  if (expected === 'no_stream') options.setNoStream(new Empty());
  else options.setRevision(String(expected));
  return [
    new AppendReq().setOptions(options),
    ...events.map((event) =>
      new AppendReq().setProposedMessage(proposed(event, new AppendReq.ProposedMessage())),
    ),
  ];
}

/** Milliseconds that a server may take for one of many concurrent appends. The server compares with its own clock, which may be wrong by minutes. */
export const BATCH_DEADLINE_MS = 600_000;

export function batchMessage(
  correlation: string,
  { stream, expected, events }: AppendRequest,
  now: number,
): BatchMessage {
  const options = new BatchAppendReq.Options()
    .setStreamIdentifier(streamIdentifier(stream))
    .setDeadline(timestamps.Timestamp.fromDate(new Date(now + BATCH_DEADLINE_MS)));
  if (expected === 'no_stream') options.setNoStream(new Empty());
  else options.setStreamPosition(String(expected));
  return new BatchAppendReq()
    .setCorrelationId(new UUID().setString(correlation))
    .setOptions(options)
    .setProposedMessagesList(events.map((event) => proposed(event, new BatchAppendReq.ProposedMessage())))
    .setIsFinal(true);
}

export function correlationOf(answer: BatchResult): string {
  const id = answer.getCorrelationId();
  if (id === undefined || !id.hasStructured()) return id?.getString() ?? '';
  const half = (bits: string | undefined): string =>
    BigInt.asUintN(64, BigInt(bits ?? '0'))
      .toString(16)
      .padStart(16, '0');
  const hex =
    half(id.getStructured()?.getMostSignificantBits()) + half(id.getStructured()?.getLeastSignificantBits());
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

export function deleteMessage(stream: string, expected: ExpectedRevision): DeleteMessage {
  const options = new DeleteReq.Options().setStreamIdentifier(streamIdentifier(stream));
  if (expected === 'no_stream') options.setNoStream(new Empty());
  else options.setRevision(String(expected));
  return new DeleteReq().setOptions(options);
}

export function tombstoneMessage(stream: string, expected: ExpectedRevision): TombstoneMessage {
  const options = new TombstoneReq.Options().setStreamIdentifier(streamIdentifier(stream));
  if (expected === 'no_stream') options.setNoStream(new Empty());
  else options.setRevision(String(expected));
  return new TombstoneReq().setOptions(options);
}

export function streamPage(
  stream: string,
  direction: Direction,
  from: number | undefined,
  count: number,
): ReadMessage {
  const place = new ReadReq.Options.StreamOptions().setStreamIdentifier(streamIdentifier(stream));
  if (from !== undefined) place.setRevision(String(from));
  else if (direction === 'forwards') place.setStart(new Empty());
  else place.setEnd(new Empty());
  const options = readOptions(direction).setStream(place).setCount(String(count)).setNoFilter(new Empty());
  return new ReadReq().setOptions(options);
}

/** Requests a page of the whole log. Forwards, the page starts at `from`; backwards, it starts before `from`. */
export function logPage(
  direction: Direction,
  from: bigint | undefined,
  count: number,
  filter: EventFilter | undefined,
): ReadMessage {
  const options = readOptions(direction)
    .setAll(logPlace(direction, from))
    .setCount(String(count))
    .setFilter(filterOptions(filter));
  return new ReadReq().setOptions(options);
}

export function logSubscription(after: bigint | undefined, filter: EventFilter | undefined): ReadMessage {
  const options = readOptions('forwards')
    .setAll(logPlace('forwards', after))
    .setSubscription(new ReadReq.Options.SubscriptionOptions())
    .setFilter(filterOptions(filter));
  return new ReadReq().setOptions(options);
}

function readOptions(direction: Direction) {
  const ids = new ReadReq.Options.UUIDOption().setString(new Empty());
  return new ReadReq.Options()
    .setReadDirection(direction === 'forwards' ? FORWARDS : BACKWARDS)
    .setResolveLinks(false)
    .setUuidOption(ids);
}

function logPlace(direction: Direction, position: bigint | undefined) {
  const place = new ReadReq.Options.AllOptions();
  if (position !== undefined) {
    const bound = new ReadReq.Options.Position()
      .setCommitPosition(String(position))
      .setPreparePosition(String(position));
    return place.setPosition(bound);
  }
  return direction === 'forwards' ? place.setStart(new Empty()) : place.setEnd(new Empty());
}

/** Returns the part of the filter that the server supports, which is only one criterion at a time. `matchesFilter` checks the rest on arrival. */
function filterOptions(filter: EventFilter | undefined) {
  const options = new ReadReq.Options.FilterOptions().setMax(WINDOW).setCheckpointintervalmultiplier(1);
  const prefixes = (list: readonly string[]) =>
    new ReadReq.Options.FilterOptions.Expression().setPrefixList(list.length === 0 ? [NEVER] : [...list]);
  if (filter?.streamPrefixes !== undefined)
    return options.setStreamIdentifier(prefixes(filter.streamPrefixes));
  if (filter?.types !== undefined) return options.setEventType(prefixes(filter.types));
  return options.setEventType(new ReadReq.Options.FilterOptions.Expression().setRegex(NOT_OF_THE_STORE));
}

type ProposedMessage =
  InstanceType<typeof AppendReq.ProposedMessage> | InstanceType<typeof BatchAppendReq.ProposedMessage>;

function proposed<Message extends ProposedMessage>(
  { id, type, data, metadata }: NewEvent,
  message: Message,
): Message {
  message.setId(new UUID().setString(id));
  const payload = decodePayload(data);
  message
    .getMetadataMap()
    .set('type', type)
    .set('content-type', payload.json ? 'application/json' : 'application/octet-stream');
  message.setData(payload.bytes);
  message.setCustomMetadata(decodePayload(metadata).bytes);
  return message;
}

function streamIdentifier(stream: string) {
  // Base64 is used because the stubs do not accept a Buffer as a Uint8Array.
  return new StreamIdentifier().setStreamName(Buffer.from(stream).toString('base64'));
}
