import { z } from 'zod';

export const IDENTIFIER = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

export const identifier = z.string().regex(IDENTIFIER, 'must match [A-Za-z0-9][A-Za-z0-9._-]{0,99}');
