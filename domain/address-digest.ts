import { z } from 'zod';

/** A keyed digest of the address that somebody came from, in base64url. */
export const addressDigest = z.string().regex(/^[A-Za-z0-9_-]{22}$/);
