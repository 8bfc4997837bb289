import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { MusterError } from '#domain/kernel/errors/index.js';
import { unreadable } from './unreadable.js';

/** Written last: a directory without it is not a complete backup. */
export const MANIFEST_FILE = 'backup.json';

const schema = z.strictObject({
  format: z.literal('muster-backup'),
  version: z.literal(1),
  storeId: z.string().min(1),
  /** Position of its newest event as a decimal string; null if it is empty. */
  position: z.string().regex(/^\d+$/).nullable(),
  events: z.number().int().min(0),
  /** Milliseconds since the Unix epoch. */
  takenAt: z.number().int(),
  files: z
    .array(
      z.strictObject({
        name: z
          .string()
          .regex(/^[^/\\\0]+$/)
          .refine((name) => name !== '.' && name !== '..'),
        bytes: z.number().int().min(0),
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
      }),
    )
    .min(1),
});

export type BackupManifest = z.infer<typeof schema>;

/** Throws `MUSTER_E_BACKUP_INVALID`. */
export function readManifest(directory: string): BackupManifest {
  let text: string;
  try {
    text = readFileSync(join(directory, MANIFEST_FILE), 'utf8');
  } catch (cause) {
    throw unreadable(
      directory,
      MANIFEST_FILE,
      cause,
      `it has no ${MANIFEST_FILE}: no backup, or one that was not finished`,
    );
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new MusterError(
      'MUSTER_E_BACKUP_INVALID',
      { directory, problem: `its ${MANIFEST_FILE} is not what this version of Muster writes` },
      { cause },
    );
  }
}

/** Returns the hexadecimal SHA-256 of a file, and its length. */
export async function digestOf(file: string): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of createReadStream(file)) {
    const buffer = piece as Buffer;
    hash.update(buffer);
    bytes += buffer.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}
