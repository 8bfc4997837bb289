import { HASH_BYTES } from './hashing.js';

/** A proof that can be checked offline: https://c2sp.org/tlog-proof. */
export interface TlogProof {
  readonly index: number;
  readonly hashes: readonly Buffer[];
  readonly note: string;
}

const HEADING = 'c2sp.org/tlog-proof@v1';

export function tlogProofText({ index, hashes, note }: TlogProof): string {
  const lines = [HEADING, `index ${index}`, ...hashes.map((hash) => hash.toString('base64'))];
  return `${lines.join('\n')}\n\n${note}`;
}

/** Parses a proof. Returns undefined if the text is not a proof. */
export function parseTlogProof(text: string): TlogProof | undefined {
  const end = text.indexOf('\n\n');
  if (end < 0) return undefined;
  const lines = text.slice(0, end).split('\n');
  if (lines.shift() !== HEADING) return undefined;
  if (lines[0]?.startsWith('extra ') === true) lines.shift();
  const [, index] = /^index (0|[1-9]\d{0,15})$/.exec(lines.shift() ?? '') ?? [];
  if (index === undefined || !Number.isSafeInteger(Number(index))) return undefined;
  const hashes = lines.map((line) => Buffer.from(line, 'base64'));
  const areHashes = hashes.every(
    (hash, at) => hash.byteLength === HASH_BYTES && hash.toString('base64') === lines[at],
  );
  return areHashes ? { index: Number(index), hashes, note: text.slice(end + 2) } : undefined;
}
