import t from 'tap';
import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';
import { decodePayload, EMPTY_PAYLOAD, encodePayload } from '#src/engine/event-store/payload.js';
import { streamIdentifier, writeUuid } from '#src/stores/eventstore-server/names.js';
import { eventMessage } from '#src/stores/eventstore-server/recorded-event.js';
import { streams, type Streams } from '#src/stores/eventstore-server/stubs.js';
import { TOMBSTONE_REVISION, TOMBSTONE_TYPE } from '#src/engine/event-store/tombstone.js';

/** Encodes the same response with the message classes of the official client. */
function shipped(
  event: RecordedEvent | undefined,
  link: RecordedEvent | undefined,
  structuredIds: boolean,
): Buffer {
  const message = new streams.ReadResp.ReadEvent();
  if (event !== undefined) message.setEvent(recorded(event, structuredIds));
  if (link !== undefined) message.setLink(recorded(link, structuredIds));
  const original = link ?? event;
  if (original !== undefined) message.setCommitPosition(original.position.toString());
  return Buffer.from(new streams.ReadResp().setEvent(message).serializeBinary());
}

function recorded(event: RecordedEvent, structuredIds: boolean): Streams.ReadResp.ReadEvent.RecordedEvent {
  const data = decodePayload(event.data);
  const message = new streams.ReadResp.ReadEvent.RecordedEvent()
    .setId(writeUuid(event.id, structuredIds))
    .setStreamIdentifier(streamIdentifier(event.stream))
    .setStreamRevision(
      event.type === TOMBSTONE_TYPE && event.revision === TOMBSTONE_REVISION
        ? '9223372036854775807'
        : String(event.revision),
    )
    .setPreparePosition(event.position.toString())
    .setCommitPosition(event.position.toString())
    .setData(data.bytes)
    .setCustomMetadata(decodePayload(event.metadata).bytes);
  message
    .getMetadataMap()
    .set('type', event.type)
    .set('created', `${event.created}0000`)
    .set('content-type', data.json ? 'application/json' : 'application/octet-stream');
  return message;
}

const PLAIN: RecordedEvent = {
  position: 1n,
  stream: 'notes-1',
  revision: 0,
  id: '0b7a8f0e-4c51-4f0e-9d5b-2f6a6f1f7a31',
  type: 'Sent',
  created: 1_795_736_654_531,
  data: '{"n":1}',
  metadata: EMPTY_PAYLOAD,
};

const octets = (bytes: Uint8Array, json = false): string => encodePayload({ bytes, json });

/** Events at the bounds of each field: lengths that need one, two and three bytes, numbers of every size. */
const EVENTS: readonly RecordedEvent[] = [
  PLAIN,
  ...[1, 127, 128, 16_383, 16_384, 2 ** 31, 2 ** 32, 2 ** 35 - 1, 2 ** 49, Number.MAX_SAFE_INTEGER].map(
    (number) => ({
      ...PLAIN,
      revision: number === Number.MAX_SAFE_INTEGER ? number - 2 : number,
      position: BigInt(number),
    }),
  ),
  ...[0, 1, 100, 127, 128, 200, 16_300, 16_384, 70_000].flatMap((length) => [
    { ...PLAIN, data: `"${'x'.repeat(length)}"` },
    { ...PLAIN, data: `"${'ü'.repeat(length)}"`, metadata: `"${'😀'.repeat(length)}"` },
    { ...PLAIN, data: octets(Buffer.alloc(length, 0xff)), metadata: octets(Buffer.alloc(length, 7)) },
    { ...PLAIN, type: `T${'é'.repeat(length)}`, stream: `s-${'ß'.repeat(length)}` },
  ]),
  { ...PLAIN, data: octets(Buffer.from('no JSON'), true) },
  ...[
    '00000000-0000-0000-0000-000000000001',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
    '7fffffff-ffff-ffff-8000-000000000000',
    '00000000-0000-0000-8000-000000000000',
  ].map((id) => ({ ...PLAIN, id })),
  { ...PLAIN, type: TOMBSTONE_TYPE, revision: TOMBSTONE_REVISION },
  { ...PLAIN, revision: TOMBSTONE_REVISION },
];

void t.test('encodes an event exactly as the official client does, with and without a link', async (t) => {
  const link = {
    ...PLAIN,
    type: '$>',
    data: octets(Buffer.from('7@notes-1')),
    position: 99n,
    stream: '$ce-notes',
    revision: 99,
  };
  for (const structured of [false, true]) {
    for (const [n, event] of EVENTS.entries()) {
      t.ok(
        eventMessage(event, undefined, structured).equals(shipped(event, undefined, structured)),
        `event ${n}, structured ids: ${structured}`,
      );
      t.ok(
        eventMessage(event, link, structured).equals(shipped(event, link, structured)),
        `event ${n} through a link`,
      );
    }
    t.ok(
      eventMessage(undefined, link, structured).equals(shipped(undefined, link, structured)),
      'a link without a target',
    );
  }
});
