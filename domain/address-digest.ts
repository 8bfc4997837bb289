import { z } from 'zod';

/** Keyed digest of a client's address, in base64url. */
export const addressDigest = z.string().regex(/^[A-Za-z0-9_-]{22}$/);
