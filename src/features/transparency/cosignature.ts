import { createPublicKey, verify } from 'node:crypto';
import { sha256 } from './hashing.js';
import { parseNote, type NoteSignature } from './note.js';

/** Identifies Ed25519 cosignatures in the list of signature types of C2SP signed-note. */
const COSIGNATURE = 4;
const ID_BYTES = 4;
const TIME_BYTES = 8;
const PUBLIC_BYTES = 32;
/** DER prefix of the 32 bytes of an Ed25519 public key (RFC 8410). */
const PUBLIC_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** The key of a witness (https://c2sp.org/tlog-cosignature). */
export interface WitnessKey {
  readonly name: string;
  readonly id: Buffer;
  /** Returns when the witness signed, in seconds since the epoch. Undefined if the signature is invalid or is not by this witness. */
  signedAt(text: string, signature: NoteSignature): number | undefined;
}

/** Parses a key such as `witness.example+1a2b3c4d+BA…`. Returns undefined if it is not a witness key. */
export function parseWitnessKey(vkey: string): WitnessKey | undefined {
  const [, name, id, encoded] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(vkey.trim()) ?? [];
  if (name === undefined || id === undefined || encoded === undefined) return undefined;
  const typed = Buffer.from(encoded, 'base64');
  if (typed[0] !== COSIGNATURE || typed.byteLength !== 1 + PUBLIC_BYTES) return undefined;
  const own = sha256(Buffer.concat([Buffer.from(`${name}\n`), typed])).subarray(0, ID_BYTES);
  if (own.toString('hex') !== id) return undefined;
  const key = createPublicKey({
    key: Buffer.concat([PUBLIC_PREFIX, typed.subarray(1)]),
    format: 'der',
    type: 'spki',
  });
  return {
    name,
    id: own,
    signedAt(text, { name: signer, id: signerId, signature }) {
      if (signer !== name || !own.equals(signerId) || signature.byteLength <= TIME_BYTES) return undefined;
      const time = signature.readBigUInt64BE();
      const signed = Buffer.from(`cosignature/v1\ntime ${time}\n${text}`);
      return verify(null, signed, key, signature.subarray(TIME_BYTES)) ? Number(time) : undefined;
    },
  };
}

export function isCosignedBy(note: string, key: WitnessKey): boolean {
  const parsed = parseNote(note);
  return parsed?.signatures.some((signature) => key.signedAt(parsed.text, signature) !== undefined) === true;
}
