import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { sha256 } from './hashing.js';

/** Identifies Ed25519 in the list of signature types of C2SP signed-note. */
const ED25519 = 1;
const ID_BYTES = 4;
const PUBLIC_BYTES = 32;
/** DER prefixes of the 32 bytes of an Ed25519 key (RFC 8410). */
const PRIVATE_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const PUBLIC_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** An Ed25519 key that verifies signed notes (https://c2sp.org/signed-note). */
export interface NoteVerifier {
  readonly name: string;
  readonly id: Buffer;
  verifies(text: string, signature: Buffer): boolean;
  readonly vkey: string;
}

export interface NoteSigner extends NoteVerifier {
  sign(text: string): string;
}

export interface NoteSignature {
  readonly name: string;
  readonly id: Buffer;
  readonly signature: Buffer;
}

export interface Note {
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

export function noteSigner(name: string, seed: Uint8Array): NoteSigner {
  const key = createPrivateKey({
    key: Buffer.concat([PRIVATE_PREFIX, seed]),
    format: 'der',
    type: 'pkcs8',
  });
  const verifier = verifierOf(
    name,
    createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(PUBLIC_PREFIX.byteLength),
  );
  return {
    ...verifier,
    sign: (text) => {
      const signature = Buffer.concat([verifier.id, sign(null, Buffer.from(text), key)]);
      return `${text}\n— ${name} ${signature.toString('base64')}\n`;
    },
  };
}

/** Parses a key such as `muster/1a2b+0c5f1b7e+AX…`. Returns undefined if it is not a valid Ed25519 key. */
export function parseVerifier(vkey: string): NoteVerifier | undefined {
  const [, name, id, encoded] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(vkey.trim()) ?? [];
  if (name === undefined || id === undefined || encoded === undefined) return undefined;
  const key = Buffer.from(encoded, 'base64');
  if (key[0] !== ED25519 || key.byteLength !== 1 + PUBLIC_BYTES) return undefined;
  const verifier = verifierOf(name, key.subarray(1));
  return verifier.id.toString('hex') === id ? verifier : undefined;
}

function verifierOf(name: string, key: Uint8Array): NoteVerifier {
  const typed = Buffer.concat([Buffer.of(ED25519), key]);
  const id = sha256(Buffer.concat([Buffer.from(`${name}\n`), typed])).subarray(0, ID_BYTES);
  const publicKey: KeyObject = createPublicKey({
    key: Buffer.concat([PUBLIC_PREFIX, key]),
    format: 'der',
    type: 'spki',
  });
  return {
    name,
    id,
    verifies: (text, signature) => verify(null, Buffer.from(text), publicKey, signature),
    vkey: `${name}+${id.toString('hex')}+${typed.toString('base64')}`,
  };
}

/** Parses a signed note without verifying it. Returns undefined if the text is not a note. */
export function parseNote(note: string): Note | undefined {
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n')) return undefined;
  const lines = note.slice(end + 2, -1).split('\n');
  const signatures = lines.map(parseSignature).filter((signature) => signature !== undefined);
  if (signatures.length !== lines.length) return undefined;
  return { text: note.slice(0, end + 1), signatures };
}

function parseSignature(line: string): NoteSignature | undefined {
  const [, name, encoded] = /^— ([^\s+]+) ([A-Za-z0-9+/]+=*)$/.exec(line) ?? [];
  if (name === undefined || encoded === undefined) return undefined;
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.byteLength <= ID_BYTES) return undefined;
  return { name, id: bytes.subarray(0, ID_BYTES), signature: bytes.subarray(ID_BYTES) };
}

/** Returns whether the key signed the note and every signature in the key's name is valid. */
export function isSignedBy({ text, signatures }: Note, key: NoteVerifier): boolean {
  const own = signatures.filter(({ name, id }) => name === key.name && id.equals(key.id));
  return own.length > 0 && own.every(({ signature }) => key.verifies(text, signature));
}
