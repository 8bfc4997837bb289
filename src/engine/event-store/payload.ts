/** What a client of the wire stores as an event's data or metadata: any bytes, said to be JSON or not. */
export interface Payload {
  readonly bytes: Uint8Array;
  readonly json: boolean;
}

/** How the text of an envelope begins. A JSON text of a client that begins so is put into an envelope itself, so that each text means one thing. */
const ENVELOPE = '{"$octets":"';
const JSON_MARK = '","json":true}';
const OCTETS_MARK = '"}';

/** No bytes at all, which are no JSON text. */
export const EMPTY_PAYLOAD = `${ENVELOPE}${OCTETS_MARK}`;

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The JSON text as which the log keeps a payload. JSON is kept as it is, byte for byte. What is no JSON text, though it may be
 * called one, is kept in an envelope, `{"$octets":"<base64>"}`, so that everything in the log can be parsed.
 */
export function encodePayload({ bytes, json }: Payload): string {
  if (json) {
    const text = jsonText(bytes);
    if (text !== undefined && !isEnveloped(text)) return text;
  }
  if (bytes.length === 0 && !json) return EMPTY_PAYLOAD;
  return `${ENVELOPE}${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')}${json ? JSON_MARK : OCTETS_MARK}`;
}

/** Whether the text stands for what is no JSON, or cannot stand for itself. */
export function isEnveloped(text: string): boolean {
  return text.startsWith(ENVELOPE);
}

export function decodePayload(text: string): Payload {
  if (!isEnveloped(text)) return { bytes: Buffer.from(text), json: true };
  const json = text.endsWith(JSON_MARK);
  const base64 = text.slice(ENVELOPE.length, text.length - (json ? JSON_MARK.length : OCTETS_MARK.length));
  return { bytes: Buffer.from(base64, 'base64'), json };
}

function jsonText(bytes: Uint8Array): string | undefined {
  try {
    const text = strictUtf8.decode(bytes);
    JSON.parse(text);
    return text;
  } catch {
    return undefined;
  }
}
