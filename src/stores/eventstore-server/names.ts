import { shared, type Shared } from './stubs.js';
import { unforeseen } from './status.js';

/** Parses a stream name. Invalid UTF-8 becomes U+FFFD. Names with NUL are refused, as in the store's port, because tools truncate them. */
export function streamNameOf(identifier: Shared.StreamIdentifier | undefined): string {
  const name = Buffer.from(identifier?.getStreamName_asU8() ?? []).toString('utf8');
  // `$$` would be the metadata stream of a stream without a name.
  if (name === '' || name === '$$' || name.includes('\0')) throw unforeseen();
  return name;
}

export function streamIdentifier(name: string): Shared.StreamIdentifier {
  return new shared.StreamIdentifier().setStreamName(Buffer.from(name));
}

const HEX = /^[0-9a-f]{32}$/;
const NIL = '0'.repeat(32);

/** Parses a UUID in any form that EventStoreDB accepts. Returns it in lower case with dashes, or undefined if it is invalid or nil. */
export function readUuid(uuid: Shared.UUID | undefined): string | undefined {
  if (uuid === undefined) return undefined;
  const hex = uuid.hasStructured() ? structuredHex(uuid.getStructured()) : bare(uuid.getString());
  if (!HEX.test(hex) || hex === NIL) return undefined;
  return dashed(hex);
}

export function writeUuid(text: string, structured: boolean): Shared.UUID {
  if (!structured) return new shared.UUID().setString(text);
  const { most, least } = uuidBits(text);
  const signed = (bits: bigint): string => BigInt.asIntN(64, bits).toString();
  return new shared.UUID().setStructured(
    new shared.UUID.Structured().setMostSignificantBits(signed(most)).setLeastSignificantBits(signed(least)),
  );
}

export function uuidBits(text: string): { readonly most: bigint; readonly least: bigint } {
  const hex = text.replaceAll('-', '');
  return { most: BigInt(`0x${hex.slice(0, 16)}`), least: BigInt(`0x${hex.slice(16, 32)}`) };
}

function structuredHex(structured: Shared.UUID.Structured | undefined): string {
  const half = (bits: string | undefined): string =>
    BigInt.asUintN(64, BigInt(bits ?? '0'))
      .toString(16)
      .padStart(16, '0');
  return half(structured?.getMostSignificantBits()) + half(structured?.getLeastSignificantBits());
}

function bare(text: string): string {
  const inner = /^\{(.*)\}$/.exec(text)?.[1] ?? /^\((.*)\)$/.exec(text)?.[1] ?? text;
  const lower = inner.trim().toLowerCase();
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(lower)
    ? lower.replaceAll('-', '')
    : inner === text
      ? lower
      : '';
}

function dashed(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
