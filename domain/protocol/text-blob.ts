import { z } from 'zod';
import { identifier } from '../kernel/identifier.js';

/** Limit in bytes of UTF-8. */
export const MAX_TEXT_BLOB_BYTES = 131_072;
/** SHA-256 of the text's bytes in hexadecimal. */
export const TEXT_BLOB_HASH = /^[0-9a-f]{64}$/;

/** `GET /nodes/:id/documents/:hash` on the server, for our agents, which verify the hash. */
export const textBlob = z.object({ hash: z.string(), text: z.string().max(MAX_TEXT_BLOB_BYTES) });
export type TextBlob = z.infer<typeof textBlob>;

export const textBlobRequest = z.strictObject({
  node_id: identifier,
  hash: z.string().max(256),
  /** Bytes of UTF-8 in the previous pages. Absent: 0. */
  after: z.number().int().nonnegative().max(MAX_TEXT_BLOB_BYTES).optional(),
});
export type TextBlobRequest = z.infer<typeof textBlobRequest>;

export const textBlobPage = textBlob.extend({
  more: z.boolean(),
});
export type TextBlobPage = z.infer<typeof textBlobPage>;
