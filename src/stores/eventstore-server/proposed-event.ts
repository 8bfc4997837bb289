import type { Map as FieldMap } from 'google-protobuf';
import type { NewEvent } from '#domain/kernel/ports/event-store.js';
import { encodePayload } from '#src/engine/event-store/index.js';
import { readUuid } from './names.js';
import { emptyEventType, metadataMissing, unforeseen } from './status.js';
import type { Shared } from './stubs.js';

export interface ProposedMessage {
  getId(): Shared.UUID | undefined;
  getMetadataMap(): FieldMap<string, string>;
  getCustomMetadata_asU8(): Uint8Array;
  getData_asU8(): Uint8Array;
}

const JSON_TYPE = 'application/json';

/** Throws if EventStoreDB would refuse the event. Any content type except JSON is stored as binary data. */
export function proposedEvent(message: ProposedMessage): NewEvent {
  const fields = message.getMetadataMap();
  const type = fields.get('type');
  const contentType = fields.get('content-type');
  if (type === undefined || contentType === undefined) throw metadataMissing();
  const id = readUuid(message.getId());
  if (id === undefined) throw unforeseen();
  if (type === '') throw emptyEventType();
  const metadata = message.getCustomMetadata_asU8();
  return {
    id,
    type,
    data: encodePayload({ bytes: message.getData_asU8(), json: contentType === JSON_TYPE }),
    metadata: encodePayload({ bytes: metadata, json: metadata.length > 0 }),
  };
}
