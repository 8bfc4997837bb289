import { z } from 'zod';
import { identifier } from '../kernel/identifier.js';

export const MAX_TEXT_BLOB_BYTES = 131_072;
export const TEXT_BLOB_HASH = /^[0-9a-f]{64}$/;

/** Response of `GET /nodes/:id/documents/:hash`, for Muster's own agents, which verify the hash. */
export const textBlob = z.object({ hash: z.string(), text: z.string().max(MAX_TEXT_BLOB_BYTES) });

export const textBlobRequest = z.strictObject({
  node_id: identifier,
  hash: z.string().max(256),
  after: z.number().int().nonnegative().max(MAX_TEXT_BLOB_BYTES).optional(),
});

export const textBlobPage = textBlob.extend({
  more: z.boolean(),
});
export type TextBlobPage = z.infer<typeof textBlobPage>;
