import { z } from 'zod';

/** A SHA-256 digest, as `sha256sum` prints it. */
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hexadecimal');
