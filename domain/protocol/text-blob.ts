import { z } from 'zod';
import { identifier } from '../identifier.js';

/** A text that servers keep for nodes is no longer, in bytes of UTF-8. */
export const MAX_TEXT_BLOB_BYTES = 131_072;
/** What such a text is named by: the SHA-256 of its bytes, in hexadecimal. */
export const TEXT_BLOB_HASH = /^[0-9a-f]{64}$/;

/** `GET /nodes/:id/documents/:hash` on the server, for our agents. Who has it checks it by its name. */
export const textBlob = z.object({ hash: z.string(), text: z.string().max(MAX_TEXT_BLOB_BYTES) });
export type TextBlob = z.infer<typeof textBlob>;

/** Asked by an agent over NATS, page by page. */
export const textBlobRequest = z.strictObject({
  node_id: identifier,
  hash: z.string().max(256),
  /** Bytes of UTF-8 in the former pages. Absent: 0. */
  after: z.number().int().nonnegative().max(MAX_TEXT_BLOB_BYTES).optional(),
});
export type TextBlobRequest = z.infer<typeof textBlobRequest>;

/** A page of a text: its pages in their order are the text. */
export const textBlobPage = textBlob.extend({
  /** Whether more follow. */
  more: z.boolean(),
});
export type TextBlobPage = z.infer<typeof textBlobPage>;
