import { z } from 'zod';

export const addressDigest = z.string().regex(/^[A-Za-z0-9_-]{22}$/);
