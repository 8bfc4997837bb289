import { HASH_BYTES } from './hashing.js';

/** A log's statement of its size and root hash (https://c2sp.org/tlog-checkpoint). A signed checkpoint is a note. */
export interface TreeCheckpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
}

export function checkpointText({ origin, size, root }: TreeCheckpoint): string {
  return `${origin}\n${size}\n${root.toString('base64')}\n`;
}

/** Parses the text of a note, ignoring extension lines. Returns undefined if it is not a checkpoint. */
export function parseCheckpoint(text: string): TreeCheckpoint | undefined {
  const [origin = '', size = '', root = ''] = text.split('\n');
  const hash = Buffer.from(root, 'base64');
  if (origin === '' || !/^(0|[1-9]\d{0,15})$/.test(size) || !Number.isSafeInteger(Number(size)))
    return undefined;
  if (hash.byteLength !== HASH_BYTES || hash.toString('base64') !== root) return undefined;
  return { origin, size: Number(size), root: hash };
}
