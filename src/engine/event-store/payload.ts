export interface Payload {
  readonly bytes: Uint8Array;
  readonly json: boolean;
}

/** Prefix of an envelope. A JSON text that happens to begin like this is itself put into an envelope, so each stored text has only one meaning. */
const ENVELOPE = '{"$octets":"';
const JSON_MARK = '","json":true}';
const OCTETS_MARK = '"}';

export const EMPTY_PAYLOAD = `${ENVELOPE}${OCTETS_MARK}`;

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Encodes a payload as JSON text for the log. Valid JSON is stored byte for byte. Anything else, even if declared as JSON, is stored in an envelope,
 * `{"$octets":"<base64>"}`, so that everything in the log can be parsed.
 */
export function encodePayload({ bytes, json }: Payload): string {
  if (json) {
    const text = jsonText(bytes);
    if (text !== undefined && !isEnveloped(text)) return text;
  }
  if (bytes.length === 0 && !json) return EMPTY_PAYLOAD;
  return `${ENVELOPE}${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')}${json ? JSON_MARK : OCTETS_MARK}`;
}

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
