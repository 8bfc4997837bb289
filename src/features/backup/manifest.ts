import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { MusterError } from '#domain/kernel/errors/index.js';
import { unreadable } from './unreadable.js';

/** The manifest is written last. A directory without it is not a complete backup. */
export const MANIFEST_FILE = 'backup.json';

const schema = z.strictObject({
  format: z.literal('muster-backup'),
  version: z.literal(1),
  storeId: z.string().min(1),
  position: z.string().regex(/^\d+$/).nullable(),
  events: z.number().int().min(0),
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

export function readManifest(directory: string): BackupManifest {
  let text: string;
  try {
    text = readFileSync(join(directory, MANIFEST_FILE), 'utf8');
  } catch (cause) {
    throw unreadable(
      directory,
      MANIFEST_FILE,
      cause,
      `it has no ${MANIFEST_FILE}: not a backup, or an incomplete one`,
    );
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new MusterError(
      'MUSTER_E_BACKUP_INVALID',
      { directory, problem: `this version of Muster cannot read its ${MANIFEST_FILE}` },
      { cause },
    );
  }
}

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
