import { z } from 'zod';
import { identifier } from '../identifier.js';

/** A text that servers keep for nodes is no longer, in bytes of UTF-8. */
export const MAX_DOCUMENT_BYTES = 131_072;
/** What such a text is named by: the SHA-256 of its bytes, in hexadecimal. */
export const DOCUMENT_HASH = /^[0-9a-f]{64}$/;

/** `GET /nodes/:id/documents/:hash` on the server, for our agents. Who has it checks it by its name. */
export const keptDocument = z.object({ hash: z.string(), text: z.string().max(MAX_DOCUMENT_BYTES) });
export type KeptDocument = z.infer<typeof keptDocument>;

/** Asked by an agent over NATS, page by page. */
export const documentRequest = z.strictObject({
  node_id: identifier,
  hash: z.string().max(256),
  /** Bytes of UTF-8 in the former pages. Absent: 0. */
  after: z.number().int().nonnegative().max(MAX_DOCUMENT_BYTES).optional(),
});
export type DocumentRequest = z.infer<typeof documentRequest>;

/** A page of a text: its pages in their order are the text. */
export const documentPage = keptDocument.extend({
  /** Whether more follow. */
  more: z.boolean(),
});
export type DocumentPage = z.infer<typeof documentPage>;
